/**
 * Vectors for search by a server of the user's. Its vectors are known by server and model, so that they are never compared with
 * those of another. Used by `encoder.ts` where a server is named; what fails is thrown, and search goes on without it.
 */
import { createHash } from 'node:crypto';
import type { UserServer } from '../../host/servers/userServer';
import type { EmbeddingKind } from '../../ipc/indexer/embedder';
import type { EncoderFacts } from '../../ipc/indexer/protocol';

export type EmbeddingServer = Pick<UserServer, 'identity' | 'ready' | 'changed' | 'left'>;

/** Texts of a request: their vectors stay below what an answer may hold. */
const batch = 64;

export class VectorsByServer {
  /** One request of a kind at a time: a question is not held up by what is read in the background. */
  readonly #last = new Map<EmbeddingKind, Promise<unknown>>();

  constructor(private readonly server: EmbeddingServer) {}

  /** Asks for the vector of a text that is not the user's. @throws {ServerError} */
  async facts(): Promise<EncoderFacts> {
    const { dimension } = await this.#ask(['search'], 'query', undefined);
    const { model } = await this.server.ready();
    const id = createHash('sha256').update(`${this.server.identity} ${model.name}`).digest('hex');
    return { id, dimension };
  }

  /** @returns vectors [texts, dimension] of length 1 @throws {ServerError} */
  async embed(texts: readonly string[], kind: EmbeddingKind, signal: AbortSignal | undefined): Promise<Float32Array> {
    const parts: Float32Array[] = [];
    for (let start = 0; start < texts.length; start += batch)
      parts.push((await this.#ask(texts.slice(start, start + batch), kind, signal)).vectors);
    const vectors = new Float32Array(parts.reduce((length, part) => length + part.length, 0));
    let at = 0;
    for (const part of parts) {
      vectors.set(part, at);
      at += part.length;
    }
    return vectors;
  }

  async #ask(texts: readonly string[], kind: EmbeddingKind, signal: AbortSignal | undefined) {
    const before = this.#last.get(kind) ?? Promise.resolve();
    const asked = before.then(async () => {
      signal?.throwIfAborted();
      const { client } = await this.server.ready();
      return client.embed(texts, kind, signal);
    });
    this.#last.set(
      kind,
      asked.catch(() => undefined),
    );
    try {
      const answer = await asked;
      if (this.server.left !== undefined) this.server.changed('back');
      return answer;
    } catch (error) {
      if (signal?.aborted !== true && error instanceof Error && this.server.left === undefined)
        this.server.changed({ left: error.message });
      throw error;
    }
  }
}
