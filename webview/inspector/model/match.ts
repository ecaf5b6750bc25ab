interface Tokens {
  readonly text: string;
  readonly ranges: Uint32Array;
}

/**
 * For each token of `a`, the token of `b` that stands in the same place: found from the texts' common beginning and
 * their common end, between which nothing corresponds. -1 where there is none.
 */
export function matchTokens(a: Tokens, b: Tokens): Int32Array {
  const most = Math.min(a.text.length, b.text.length);
  let head = 0;
  while (head < most && a.text[head] === b.text[head]) head++;
  let tail = 0;
  while (tail < most - head && a.text[a.text.length - 1 - tail] === b.text[b.text.length - 1 - tail]) tail++;
  const shift = b.text.length - a.text.length;
  const match = new Int32Array(a.ranges.length / 2).fill(-1);
  let token = 0;
  for (let i = 0; i < match.length; i++) {
    const start = a.ranges[2 * i] as number;
    const end = a.ranges[2 * i + 1] as number;
    const inTail = start >= a.text.length - tail;
    if (!inTail && end > head) continue;
    const at = inTail ? start + shift : start;
    const empty = end === start;
    while (2 * token < b.ranges.length && (empty ? (b.ranges[2 * token] as number) < at : (b.ranges[2 * token + 1] as number) <= at)) token++;
    const found = 2 * token < b.ranges.length && (b.ranges[2 * token] as number) <= at && (empty ? b.ranges[2 * token] === b.ranges[2 * token + 1] : true);
    if (found) match[i] = empty ? token++ : token;
  }
  return match;
}
