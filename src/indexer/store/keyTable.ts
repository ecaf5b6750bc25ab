/**
 * Hash table that numbers content keys in order of arrival; used by slots, dense index, sweep and upgrade. Only the
 * first 64 bits of a key are compared.
 */
import { release, withRoomFor } from './bytes';

/** 32-bit words of a key as it is stored. */
export const keyWords = 4;

/**
 * Numbers keys from 0 on, in the order in which they come. It keeps the first 64 bits of each: among a million keys, two
 * that agree in these come up once in tens of millions of indexes.
 */
export class KeyTable {
  #places = new Int32Array(1 << 10);
  #words = new Uint32Array(1 << 10);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** The number of a key, undefined where it has none. @param at where it begins in `words` */
  find(words: Uint32Array, at: number): number | undefined {
    const place = this.#place(words[at] as number, words[at + 1] as number);
    const found = this.#places[place] as number;
    return found === 0 ? undefined : found - 1;
  }

  /** The number of a key; it has one from now on. */
  add(words: Uint32Array, at: number): number {
    const [first, second] = [words[at] as number, words[at + 1] as number];
    const place = this.#place(first, second);
    const found = this.#places[place] as number;
    if (found > 0) return found - 1;
    this.#words = withRoomFor((this.#size + 1) * 2, this.#words);
    this.#words[this.#size * 2] = first;
    this.#words[this.#size * 2 + 1] = second;
    this.#places[place] = ++this.#size;
    // More than half full, and looking becomes slow.
    if (this.#size * 2 > this.#places.length) this.#spread();
    return this.#size - 1;
  }

  /** Whether a key's bits put it into the sample of one in `oneIn`: alike in every table. @param oneIn a power of 2 */
  isSampled(number: number, oneIn: number): boolean {
    return ((this.#words[number * 2 + 1] as number) & (oneIn - 1)) === 0;
  }

  /** Where a key stands or would stand. Keys are hashes already. */
  #place(first: number, second: number): number {
    const mask = this.#places.length - 1;
    for (let place = first & mask; ; place = (place + 1) & mask) {
      const found = this.#places[place] as number;
      if (found === 0 || (this.#words[(found - 1) * 2] === first && this.#words[(found - 1) * 2 + 1] === second))
        return place;
    }
  }

  #spread(): void {
    const twice = this.#places.length * 2;
    release(this.#places);
    this.#places = new Int32Array(twice);
    for (let index = 0; index < this.#size; index++) {
      this.#places[this.#place(this.#words[index * 2] as number, this.#words[index * 2 + 1] as number)] = index + 1;
    }
  }
}
