/**
 * Both ends of the channel by which the index process requests vectors from the host's encoder; used by the index
 * process, its client and the search feature.
 */
import type { Embedder, EmbeddingKind } from './embedder';
import type { EncoderFacts, VectorAnswer, VectorQuestion } from './protocol';
import { errorMessage } from '../../common/errorMessage';

/** Asks for the vectors of some texts, one behind the other. Rejects when there are none, or the signal is aborted. */
export type AskForVectors = (
  texts: readonly string[],
  purpose: EmbeddingKind,
  signal?: AbortSignal,
) => Promise<Float32Array>;

interface Pending {
  resolve(vectors: Float32Array): void;
  reject(error: unknown): void;
}

/** The asking side of a channel to the process that makes vectors: every request gets exactly one end. */
export class VectorRequests {
  readonly #pending = new Map<number, Pending>();
  #nextId = 1;

  constructor(private readonly send: (question: VectorQuestion) => void) {}

  readonly ask: AskForVectors = async (texts, purpose, signal) => {
    signal?.throwIfAborted();
    const id = this.#nextId++;
    const onAbort = (): void => {
      this.send({ kind: 'embedNoMore', id });
      this.#pending.get(id)?.reject(signal?.reason);
    };
    signal?.addEventListener('abort', onAbort, { once: true });
    try {
      return await new Promise<Float32Array>((resolve, reject) => {
        this.#pending.set(id, { resolve, reject });
        this.send({ kind: 'embed', id, texts: [...texts], purpose });
      });
    } finally {
      this.#pending.delete(id);
      signal?.removeEventListener('abort', onAbort);
    }
  };

  /** An answer to what is no longer wanted is dropped. */
  answer(message: VectorAnswer): void {
    const pending = this.#pending.get(message.id);
    if (message.kind === 'vectors') pending?.resolve(message.vectors);
    else pending?.reject(new Error(message.message));
  }
}

/** The answering side: passes each request to `ask`, and sends back the vectors or the error. */
export class VectorService {
  readonly #running = new Map<number, AbortController>();

  constructor(
    private readonly ask: AskForVectors,
    private readonly send: (answer: VectorAnswer) => void,
  ) {}

  receive(question: VectorQuestion): void {
    if (question.kind === 'embedNoMore') this.#running.get(question.id)?.abort();
    else void this.#serve(question);
  }

  /** Aborts all requests: the asking side is gone. */
  abort(): void {
    for (const controller of this.#running.values()) controller.abort();
  }

  async #serve({ id, texts, purpose }: Extract<VectorQuestion, { kind: 'embed' }>): Promise<void> {
    const controller = new AbortController();
    this.#running.set(id, controller);
    try {
      const vectors = await this.ask(texts, purpose, controller.signal);
      if (!controller.signal.aborted) this.send({ kind: 'vectors', id, vectors });
    } catch (error) {
      if (!controller.signal.aborted) this.send({ kind: 'noVectors', id, message: errorMessage(error) });
    } finally {
      this.#running.delete(id);
    }
  }
}

/** A model that another process runs. */
export class RemoteEmbedder implements Embedder {
  readonly id: string;
  readonly dimension: number;

  constructor(
    { id, dimension }: EncoderFacts,
    private readonly ask: AskForVectors,
  ) {
    this.id = id;
    this.dimension = dimension;
  }

  async embed(texts: readonly string[], kind: EmbeddingKind, signal?: AbortSignal): Promise<Float32Array> {
    const vectors = await this.ask(texts, kind, signal);
    if (vectors.length !== texts.length * this.dimension)
      throw new Error(
        `The encoder gave ${vectors.length} numbers for ${texts.length} texts, not ${this.dimension} for each.`,
      );
    return vectors;
  }
}
