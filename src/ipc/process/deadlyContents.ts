/**
 * Remembers what processes were working on when they died, by its content: what has ended two of them is not asked of a
 * third. Kept by the clients of both processes; it goes with the window.
 */
import { createHash } from 'node:crypto';
import { serialize } from 'node:v8';
import { BoundedMap } from '../../common/boundedMap';

/** So many processes may die of the same content. */
export const maxDeathsByContent = 2;
const remembered = 10_000;

/** Deaths by content. A request has one or several contents: each is judged by itself. */
export class DeadlyContents {
  readonly #deaths = new BoundedMap<string, number>(remembered);

  /** A process has died while it worked on these. */
  died(contents: readonly unknown[]): void {
    for (const key of contents.map(keyOf)) this.#deaths.set(key, (this.#deaths.get(key) ?? 0) + 1);
  }

  /** These were answered: what ended processes before was something else. */
  served(contents: () => readonly unknown[]): void {
    if (this.#deaths.size > 0) for (const key of contents().map(keyOf)) this.#deaths.delete(key);
  }

  /** Whether one of these has ended too many processes. */
  areDeadly(contents: () => readonly unknown[]): boolean {
    // Usually nothing is remembered, and nothing is to be computed for each request.
    if (this.#deaths.size === 0) return false;
    return contents().some((content) => (this.#deaths.get(keyOf(content)) ?? 0) >= maxDeathsByContent);
  }

  forget(): void {
    this.#deaths.clear();
  }
}

function keyOf(content: unknown): string {
  return createHash('sha256').update(serialize(content)).digest('base64');
}
