/**
 * Who writes completions, as the completer sees it: the engine with the local model, or a server of the user's, `byServer.ts`. The
 * completer asks this interface only, so that gate, filters, caches and adoption are the same for both.
 */
import type { EngineClient } from '../../ipc/engine/client';
import type { RequestOptions } from '../../ipc/engine/pendingRequest';
import type { CompleteParams, CompleteResult } from '../../ipc/engine/protocol';
import type { ServerToken } from '../../servers/protocols/types';

/** What a server says of a text that it wrote. */
export interface ServerWriter {
  readonly origin: string;
  readonly model: string;
  /** As of the result; with the likeliest at each place. Empty where the server gives no probabilities. */
  readonly tokens: readonly ServerToken[];
}

export interface Answer {
  readonly result: CompleteResult;
  /** Absent where a model of this machine wrote it. */
  readonly server?: ServerWriter | undefined;
}

export interface Completes {
  /** @throws {EngineError} as of `EngineClient.request`; `cancelled` where it is no longer wanted, or not possible ahead */
  complete(params: CompleteParams, options: RequestOptions<'complete'>): Promise<Answer>;
  /** Has a text read, so that what is asked for next is there sooner. @throws {EngineError} */
  readIn(params: CompleteParams, options: RequestOptions<'complete'>): Promise<unknown>;
}

/** By the models of this machine. */
export const byEngine = (engine: Pick<EngineClient, 'request'>): Completes => ({
  complete: async (params, options) => ({ result: await engine.request('complete', params, options) }),
  readIn: (params, options) => engine.request('complete', { ...params, maxTokens: 1 }, options),
});
