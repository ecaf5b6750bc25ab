/**
 * A map of limited size that drops its oldest entry; used by features, the host, the engine and the index. Only `set`
 * renews an entry; reading it does not.
 */

/** A map that forgets the entry longest untouched once it holds more than `capacity`. */
export class BoundedMap<K, V> {
  readonly #entries = new Map<K, V>();

  constructor(private readonly capacity: number) {}

  get size(): number {
    return this.#entries.size;
  }

  get(key: K): V | undefined {
    return this.#entries.get(key);
  }

  /** Stores the value as the newest entry. */
  set(key: K, value: V): void {
    this.#entries.delete(key);
    this.#entries.set(key, value);
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size <= this.capacity) break;
      this.#entries.delete(oldest);
    }
  }

  delete(key: K): boolean {
    return this.#entries.delete(key);
  }

  clear(): void {
    this.#entries.clear();
  }

  /** The entries, newest first. */
  newestFirst(): [K, V][] {
    return [...this.#entries].reverse();
  }
}
