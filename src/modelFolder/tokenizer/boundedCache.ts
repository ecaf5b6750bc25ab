/**
 * A bounded cache of two generations, cheaper than an exact least-recently-used order; used by the tokenizer and by
 * prompt fitting. Holds up to twice its capacity.
 */

/**
 * A map that forgets what has not been asked for in a while, without keeping an order.
 *
 * Two generations: what is used moves to the young one; when that is full it becomes the old one, and the former old
 * one is dropped. At most twice `capacity` entries live, and a hit in the young generation is one look-up, cheaper than
 * an exact least-recently-used order.
 */
export class BoundedCache<Key, Value> {
  #young = new Map<Key, Value>();
  #old = new Map<Key, Value>();

  constructor(private readonly capacity: number) {}

  get(key: Key): Value | undefined {
    const value = this.#young.get(key);
    if (value !== undefined) return value;
    const older = this.#old.get(key);
    if (older !== undefined) this.set(key, older);
    return older;
  }

  set(key: Key, value: Value): void {
    if (this.#young.size >= this.capacity) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(key, value);
  }

  get size(): number {
    return this.#young.size + this.#old.size;
  }
}
