/**
 * Where a term stands, as bytes: how many documents; where there are more than fit into a block, the last document and
 * the length of each block; then for each document how far it is from the one before and how often it has the term.
 * Numbers are written in groups of seven bits, lowest first; most terms stand once, which costs no second number.
 */

/** Documents of a block: to find one document, one block is read. */
const blockSize = 128;

/** @param pairs document, count, document, count, …; documents ascending from 0, counts from 1 */
export function encodePostings(pairs: readonly number[]): Uint8Array {
  const body: number[] = [];
  const head: number[] = [];
  const count = pairs.length / 2;
  write(head, count);
  let [last, lastOfBlock, start] = [-1, -1, 0];
  for (let at = 0; at < pairs.length; at += 2) {
    const [document, times] = [pairs[at] as number, pairs[at + 1] as number];
    write(body, (document - last - 1) * 2 + (times > 1 ? 1 : 0));
    if (times > 1) write(body, times);
    last = document;
    const isEnd = at + 2 === pairs.length || (at / 2 + 1) % blockSize === 0;
    if (count <= blockSize || !isEnd) continue;
    write(head, last - lastOfBlock - 1);
    write(head, body.length - start);
    [lastOfBlock, start] = [last, body.length];
  }
  return Uint8Array.from([...head, ...body]);
}

function write(bytes: number[], number: number): void {
  let rest = number;
  for (; rest > 0x7f; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  bytes.push(rest);
}

/** The places of a term in one segment, read from their bytes. Documents are counted in the segment. */
export class Postings {
  /** How many documents the term stands in, those included that are gone. */
  readonly count: number;
  /** The first document of each block less one, and where it begins. */
  readonly #before: Int32Array;
  readonly #starts: Int32Array;
  #at = 0;

  /** @throws {RangeError} where the bytes end too early */
  constructor(private readonly bytes: Uint8Array) {
    this.count = this.#next();
    if (this.count > bytes.length) throw tooShort();
    const blocks = this.count <= blockSize ? 1 : Math.ceil(this.count / blockSize);
    this.#before = new Int32Array(blocks + 1);
    this.#starts = new Int32Array(blocks + 1);
    this.#before[0] = -1;
    if (blocks > 1) {
      for (let block = 1; block <= blocks; block++) {
        this.#before[block] = (this.#before[block - 1] as number) + this.#next() + 1;
        this.#starts[block] = (this.#starts[block - 1] as number) + this.#next();
      }
    }
    for (let block = 0; block <= blocks; block++) this.#starts[block] = (this.#starts[block] as number) + this.#at;
  }

  /** Calls `visit` for each document in ascending order. @throws {RangeError} where the bytes end too early */
  forEach(visit: (document: number, count: number) => void): void {
    this.#at = this.#starts[0] as number;
    let document = -1;
    for (let left = this.count; left > 0; left--) {
      const number = this.#next();
      document += (number >>> 1) + 1;
      visit(document, (number & 1) === 1 ? this.#next() : 1);
    }
  }

  /** How often a document has the term. @throws {RangeError} where the bytes end too early */
  countOf(wanted: number): number {
    let [low, high] = [0, this.#before.length - 2];
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if ((this.#before[middle] as number) < wanted) low = middle;
      else high = middle - 1;
    }
    this.#at = this.#starts[low] as number;
    let document = this.#before[low] as number;
    for (let left = Math.min(blockSize, this.count - low * blockSize); left > 0 && document < wanted; left--) {
      const number = this.#next();
      document += (number >>> 1) + 1;
      const times = (number & 1) === 1 ? this.#next() : 1;
      if (document === wanted) return times;
    }
    return 0;
  }

  #next(): number {
    const { bytes } = this;
    let byte = bytes[this.#at++];
    if (byte === undefined) throw tooShort();
    if (byte < 128) return byte;
    let number = byte & 0x7f;
    for (let shift = 7; ; shift += 7) {
      byte = bytes[this.#at++];
      if (byte === undefined) throw tooShort();
      number |= (byte & 0x7f) << shift;
      if (byte < 128) return number;
    }
  }
}

function tooShort(): RangeError {
  return new RangeError('The postings end too early.');
}
