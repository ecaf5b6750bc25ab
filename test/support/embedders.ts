import { createHash } from 'node:crypto';
import type { Embedder, EmbeddingKind } from '../../src/ipc/indexer/embedder';
import { wordsIn } from '../../src/common/text/words';

/** Each word has a direction of its own; words of one group share it. Counts what it was asked for. */
export class WordEmbedder implements Embedder {
  readonly asked: string[] = [];
  readonly #directions = new Map<string, Float32Array>();

  /** @param groups words that mean the same */
  constructor(
    readonly id: string,
    readonly dimension = 192,
    private readonly groups: readonly (readonly string[])[] = [],
  ) {}

  embed(texts: readonly string[], kind: EmbeddingKind, signal?: AbortSignal): Promise<Float32Array> {
    signal?.throwIfAborted();
    if (kind === 'document') this.asked.push(...texts);
    const vectors = new Float32Array(texts.length * this.dimension);
    texts.forEach((text, index) =>
      this.#embed(text, vectors.subarray(index * this.dimension, (index + 1) * this.dimension)),
    );
    return Promise.resolve(vectors);
  }

  #embed(text: string, into: Float32Array): void {
    for (const word of wordsIn(text))
      this.#direction(word).forEach((number, index) => (into[index] = into[index]! + number));
    const length = Math.hypot(...into);
    if (length > 0) into.forEach((number, index) => (into[index] = number / length));
  }

  #direction(word: string): Float32Array {
    const name = this.groups.find((group) => group.includes(word))?.[0] ?? word;
    let direction = this.#directions.get(name);
    if (direction === undefined) {
      const bytes = Array.from({ length: Math.ceil(this.dimension / 32) }, (_, index) => [
        ...createHash('sha256').update(`${index} ${name}`).digest(),
      ]).flat();
      this.#directions.set(
        name,
        (direction = Float32Array.from(bytes.slice(0, this.dimension), (byte) => byte - 127.5)),
      );
    }
    return direction;
  }
}
