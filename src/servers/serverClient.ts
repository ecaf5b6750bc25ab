/**
 * What a server does for the features: completions, conversations and vectors, one request of each purpose at a time. What is
 * sent passes the gate for secrets here; a new request of a purpose cancels the one before.
 */
import { ServerError } from './errors';
import type { HttpClient } from './http/client';
import { questionLimits, vectorLimits } from './http/limits';
import { outgoingChat, outgoingFill, outgoingTexts } from './outgoing';
import type { FillEndpoint, ServerModel } from './probe';
import { chat } from './protocols/chat';
import { completions, fimCompletions } from './protocols/completions';
import { embeddingsOf, embeddingsRequest } from './protocols/embeddings';
import { infill, warmUp } from './protocols/llamaCpp';
import { generate } from './protocols/ollama';
import type { ChatRequest, FillRequest, TextProtocol } from './protocols/types';
import { writeText } from './writeText';
import type { ServerText, WriteOptions } from './writeText';

/** How each endpoint is asked. */
export const fillProtocols: Readonly<Record<FillEndpoint, TextProtocol<FillRequest>>> = {
  infill,
  completions,
  generate,
  fimCompletions,
};

type Purpose = 'fill' | 'ahead' | 'chat' | 'query' | 'document';

/** A completion to be written: one for now, or `ahead` for later, of which each ends the one before of its kind. */
export type FillOptions = WriteOptions & { readonly ahead?: boolean };

/** One server with the model that was chosen there. */
export class ServerClient {
  readonly #running = new Map<Purpose, AbortController>();

  constructor(
    private readonly http: HttpClient,
    private readonly model: ServerModel,
  ) {}

  /** Ends what runs, and closes the connections. */
  dispose(): void {
    for (const running of this.#running.values()) running.abort();
    this.http.dispose();
  }

  /** @throws {ServerError} `unsupported` where the model does not fill in the middle, and all others */
  async fill(
    request: Omit<FillRequest, 'model' | 'spelling'>,
    { ahead, ...options }: FillOptions = {},
  ): Promise<ServerText> {
    const protocol = fillProtocols[this.#endpoint()];
    return this.#alone(ahead ? 'ahead' : 'fill', options.signal, (signal) =>
      writeText(this.http, protocol, this.#outgoing(request), { ...options, signal }),
    );
  }

  /** Has a prompt read before it is needed, where the server can do so. @throws {ServerError} */
  async warmUp(request: Omit<FillRequest, 'model' | 'spelling'>, signal?: AbortSignal): Promise<void> {
    if (this.#endpoint() !== 'infill') return;
    const { path, body } = warmUp(this.#outgoing(request));
    await this.#alone('ahead', signal, (own) =>
      this.http.json({
        path,
        body: { ...body, stream: false },
        limits: { ...questionLimits, firstByteMs: 30_000, totalMs: 30_000 },
        signal: own,
      }),
    );
  }

  /** @throws {ServerError} */
  chat(request: Omit<ChatRequest, 'model'>, options: WriteOptions = {}): Promise<ServerText> {
    return this.#alone('chat', options.signal, (signal) =>
      writeText(this.http, chat, outgoingChat({ ...request, model: this.model.name }), { ...options, signal }),
    );
  }

  /** @param kind each of them is a purpose of its own @returns vectors [texts, dimension] of length 1 @throws {ServerError} */
  embed(
    texts: readonly string[],
    kind: 'query' | 'document' = 'document',
    signal?: AbortSignal,
  ): Promise<ReturnType<typeof embeddingsOf>> {
    return this.#alone(kind, signal, async (own) => {
      const request = embeddingsRequest({ model: this.model.name, texts: outgoingTexts(texts) });
      return embeddingsOf(
        await this.http.json({ ...request, limits: vectorLimits(texts.length), signal: own }),
        texts.length,
      );
    });
  }

  /** @throws {ServerError} `unsupported` */
  #endpoint(): FillEndpoint {
    const { fill } = this.model;
    if (fill === undefined)
      throw new ServerError('unsupported', `The model at ${this.http.address.origin} does not fill in the middle.`);
    return fill;
  }

  #outgoing(request: Omit<FillRequest, 'model' | 'spelling'>): FillRequest {
    return outgoingFill({ ...request, model: this.model.name, spelling: this.model.spelling });
  }

  async #alone<T>(
    purpose: Purpose,
    signal: AbortSignal | undefined,
    run: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    this.#running.get(purpose)?.abort();
    const own = new AbortController();
    this.#running.set(purpose, own);
    try {
      return await run(signal ? AbortSignal.any([signal, own.signal]) : own.signal);
    } finally {
      if (this.#running.get(purpose) === own) this.#running.delete(purpose);
    }
  }
}
