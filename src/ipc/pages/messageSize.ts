/**
 * Estimates how many bytes a message takes as a structured clone, and sets the limit; used by `protocol.ts` for
 * messages between a webview and its host.
 */

/** What one message between a page and its host may take, bytes: a larger one holds up everything behind it. */
export const maxMessageBytes = 4_000_000;

/** What stands before each value in a structured clone: its type, its length, its end. */
const overhead = 4;

/**
 * About how many bytes a structured clone of a value takes.
 *
 * @returns more than `most` as soon as it is known that there are more
 */
export function sizeOf(value: unknown, most = maxMessageBytes): number {
  const seen = new Set<object>();
  const waiting: unknown[] = [value];
  let size = 0;
  while (waiting.length > 0 && size <= most) {
    const next = waiting.pop();
    size += overhead;
    if (typeof next === 'string') size += widthOf(next) * next.length;
    else if (typeof next === 'number' || typeof next === 'bigint') size += 8;
    if (typeof next !== 'object' || next === null || seen.has(next)) continue;
    seen.add(next);
    if (ArrayBuffer.isView(next) || next instanceof ArrayBuffer) {
      size += next.byteLength;
    } else if (next instanceof Map || next instanceof Set) {
      for (const entry of next) waiting.push(entry);
    } else {
      // Of an array, the keys are not sent.
      for (const [key, entry] of Object.entries(next)) {
        if (!Array.isArray(next)) size += overhead + key.length;
        waiting.push(entry);
      }
    }
  }
  return size;
}

/** Bytes of a character: strings of nothing but Latin-1 are sent in one each. */
function widthOf(text: string): 1 | 2 {
  return /^[\u0000-\u00ff]*$/.test(text) ? 1 : 2;
}
