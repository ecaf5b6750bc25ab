/**
 * Embeds questions with an encoder that may be busy: waits briefly, then fails and keeps the late vector for the next
 * search; used by the index server.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Embedder, EmbeddingKind } from '../../ipc/indexer/embedder';

/** Milliseconds that a person hardly notices. */
const patience = 150;
/** Questions whose vectors are kept: one is asked again while the index grows. */
const remembered = 50;

/**
 * Embeds questions with a model that may be busy, or still being opened. The caller waits a moment only; a vector that
 * comes later is kept for the next time that the question is asked.
 */
export class PatientEmbedder implements Embedder {
  readonly id: string;
  readonly dimension: number;
  /** By question, also of those that the model is busy with. */
  readonly #vectors = new Map<string, Promise<Float32Array>>();

  /** @param onLate called when a vector comes after `embed` has given up waiting for it */
  constructor(
    private readonly model: Embedder,
    private readonly onLate: () => void,
    private readonly patienceMs = patience,
  ) {
    this.id = model.id;
    this.dimension = model.dimension;
  }

  /** @throws {Error} where the vectors are not there in time */
  async embed(texts: readonly string[], kind: EmbeddingKind): Promise<Float32Array> {
    const question = JSON.stringify([kind, ...texts]);
    const vectors = this.#vectors.get(question) ?? this.#start(question, texts, kind);
    const inTime = await Promise.race([vectors, sleep(this.patienceMs, undefined, { ref: false })]);
    if (inTime !== undefined) return inTime;
    vectors.then(this.onLate, () => undefined);
    throw new Error('The encoder is busy.');
  }

  #start(question: string, texts: readonly string[], kind: EmbeddingKind): Promise<Float32Array> {
    const vectors = this.model.embed(texts, kind);
    this.#vectors.set(question, vectors);
    // A failure is not kept: the next call of `embed` tries again.
    vectors.catch(() => this.#vectors.delete(question));
    for (const oldest of this.#vectors.keys()) if (this.#vectors.size > remembered) this.#vectors.delete(oldest);
    return vectors;
  }
}
