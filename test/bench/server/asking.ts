/**
 * A server as the contenders of the typing benchmark ask an engine, with what it costs counted; used by the server benchmark. The
 * rules of how many requests a person has at once are here, since that is where contenders differ before a server.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { splitAtCursor } from '../../../src/common/text/cursor';
import { PromptBudget } from '../../../src/features/completion/promptBudget';
import type { EngineClient } from '../../../src/ipc/engine/client';
import { EngineError } from '../../../src/ipc/engine/errors';
import type { RequestOptions } from '../../../src/ipc/engine/pendingRequest';
import type { CompleteParams, CompleteResult } from '../../../src/ipc/engine/protocol';
import { completeByServer } from '../../../src/servers/completion';
import { ServerError } from '../../../src/servers/errors';
import { textLimits } from '../../../src/servers/http/limits';
import type { ServerModel } from '../../../src/servers/probe';
import type { ServerClient } from '../../../src/servers/serverClient';
import { createStopRule } from '../../../src/stopping/createStopRule';

/** What one person's requests were, added up. */
export class Cost {
  requests = 0;
  /** Those that were ended before the server had answered. */
  ended = 0;
  /** UTF-16 units of prefix, suffix and context. */
  characters = 0;
  /** Of the requests whose tokens the server told. */
  toldCharacters = 0;
  toldTokens = 0;
  /** Of those tokens, the ones that it had to read anew. */
  newTokens = 0;
  /** From a request to the end of its answer, of those that had one. Milliseconds. */
  readonly times: number[] = [];

  add(other: Cost): void {
    this.requests += other.requests;
    this.ended += other.ended;
    this.characters += other.characters;
    this.toldCharacters += other.toldCharacters;
    this.toldTokens += other.toldTokens;
    this.newTokens += other.newTokens;
    this.times.push(...other.times);
  }

  /** Tokens of all requests: of those that were ended, by the same number of characters each. */
  get tokens(): number {
    return this.toldCharacters === 0 ? NaN : (this.characters * this.toldTokens) / this.toldCharacters;
  }
}

/** How many requests of one person there are at once. */
export type Turns = 'newest' | 'one';

/** llama.vscode 0.0.63 looks so often whether the request before has ended. Milliseconds. */
const pollMs = 150;

type Options = RequestOptions<'complete'>;

/** One person's way to the server. With `newest`, a request ends the one before; with `one`, it waits for that, unless a newer one comes. */
export class AskingServer {
  cost = new Cost();
  #running = false;
  #newest = 0;
  /** As the product has it of a server; the contenders' own are of a model on this machine. */
  readonly #budget = PromptBudget.ofServer();
  readonly #client: Pick<ServerClient, 'fill'>;

  constructor(
    client: ServerClient,
    private readonly model: ServerModel,
    private readonly turns: Turns,
  ) {
    this.#client = {
      fill: async (request, options) => {
        const { prefix, suffix, context } = request;
        // What was begun counts where it began.
        const { cost } = this;
        const characters = [prefix, suffix, ...context.map(({ text }) => text)].join('').length;
        cost.requests++;
        cost.characters += characters;
        const written = await client.fill(request, options);
        const { promptTokens, cachedTokens = 0 } = written.usage;
        if (promptTokens !== undefined) {
          cost.toldCharacters += characters;
          cost.toldTokens += promptTokens;
          cost.newTokens += Math.max(0, promptTokens - cachedTokens);
        }
        return written;
      },
    };
  }

  /** As the completer and the other contenders see it. */
  get engine(): Pick<EngineClient, 'request'> {
    return { request: (_: 'complete', params: CompleteParams, options: Options) => this.#complete(params, options) } as unknown as Pick<EngineClient, 'request'>; // prettier-ignore
  }

  /** @throws {EngineError} */
  async #complete(params: CompleteParams, options: Options): Promise<CompleteResult> {
    await this.#turn();
    const started = performance.now();
    const { cost } = this;
    try {
      const { mode, path, prefix, suffix } = params;
      const { result } = await completeByServer(
        this.#client,
        { ...params, maxPromptTokens: this.#budget.tokens },
        createStopRule(mode, path, splitAtCursor(prefix, suffix)),
        {
          signal: options.signal,
          ahead: options.priority === 'ahead',
          limits: { ...textLimits, totalMs: options.deadlineMs ?? textLimits.totalMs },
          contextLength: this.model.contextLength,
          onUntold: (tokens, ms) => this.#budget.recordAtMost(tokens, ms),
          onText: (text) => options.onEvent?.({ text }),
        },
      );
      cost.times.push(performance.now() - started);
      this.#budget.record(result.timings);
      return result;
    } catch (error) {
      cost.ended++;
      if (error instanceof ServerError && error.code !== 'deadline') throw new EngineError('cancelled', error.message);
      throw error instanceof ServerError ? new EngineError('deadline', error.message) : error;
    } finally {
      this.#running = false;
    }
  }

  async #turn(): Promise<void> {
    const own = ++this.#newest;
    while (this.turns === 'one' && this.#running) {
      await sleep(pollMs);
      if (own !== this.#newest) throw new EngineError('cancelled', 'A newer key has come.');
    }
    this.#running = true;
  }
}
