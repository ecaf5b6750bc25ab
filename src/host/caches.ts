/**
 * Registry of functions that clear caches on disk. The engine and search add theirs, and the status feature's command
 * runs them all; one failure does not stop the others.
 */

/**
 * What *Clear Caches* removes. A feature that keeps something on disk that can be made again adds a function that
 * removes it. Used by the command and by those features, which need not know each other.
 */
export class Caches {
  readonly #clearers = new Set<() => Promise<void>>();

  /** @returns takes it away again */
  add(clear: () => Promise<void>): () => void {
    this.#clearers.add(clear);
    return () => this.#clearers.delete(clear);
  }

  /** Clears all, also where some fail. @param onTrouble called with the error of each that could not be cleared */
  async clear(onTrouble: (error: unknown) => void): Promise<void> {
    await Promise.all([...this.#clearers].map((clear) => clear().catch(onTrouble)));
  }
}
