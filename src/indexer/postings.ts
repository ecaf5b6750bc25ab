/**
 * Where a term stands, as bytes: how many documents, then for each of them how far it is from the one before and how
 * often it has the term. Numbers are written in groups of seven bits, lowest first; most terms stand once, which costs
 * no second number.
 */

/** @param pairs document, count, document, count, …; documents ascending from 0, counts from 1 */
export function encodePostings(pairs: readonly number[]): Uint8Array {
  const bytes: number[] = [];
  const write = (number: number): void => {
    let rest = number;
    for (; rest > 0x7f; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
    bytes.push(rest);
  };
  write(pairs.length / 2);
  let last = -1;
  for (let at = 0; at < pairs.length; at += 2) {
    const [document, count] = [pairs[at] as number, pairs[at + 1] as number];
    write((document - last - 1) * 2 + (count > 1 ? 1 : 0));
    if (count > 1) write(count);
    last = document;
  }
  return Uint8Array.from(bytes);
}

/** How many documents the term stands in, without reading where. */
export function countPostings(bytes: Uint8Array): number {
  return new Reader(bytes).next();
}

/** Calls `visit` for each document in ascending order. */
export function decodePostings(bytes: Uint8Array, visit: (document: number, count: number) => void): void {
  const reader = new Reader(bytes);
  let document = -1;
  for (let left = reader.next(); left > 0; left--) {
    const number = reader.next();
    document += Math.floor(number / 2) + 1;
    visit(document, number % 2 === 1 ? reader.next() : 1);
  }
}

class Reader {
  private at = 0;

  constructor(private readonly bytes: Uint8Array) {}

  /** @throws RangeError behind the end */
  next(): number {
    let number = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = this.bytes[this.at++];
      if (byte === undefined) throw new RangeError('The postings end too early.');
      number += (byte & 0x7f) * scale;
      if (byte < 128) return number;
    }
  }
}
