/**
 * Completion by a server of the user's, with the local model behind it: whichever `Failover` says answers. Loaded by the feature
 * once a server is confirmed. Nothing that this machine is measured by may come from here: see `Answer.server`.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { splitAtCursor } from '../../common/text/cursor';
import { EngineError } from '../../ipc/engine/errors';
import type { RequestOptions } from '../../ipc/engine/pendingRequest';
import type { CompleteParams } from '../../ipc/engine/protocol';
import type { ReadyServer, UserServer } from '../../host/servers/userServer';
import { completeByServer, fillRequestOf } from '../../servers/completion';
import { Failover, triedBesideMs, triedForMs } from '../../servers/failover';
import type { FailoverOptions } from '../../servers/failover';
import { textLimits } from '../../servers/http/limits';
import type { HttpLimits } from '../../servers/http/limits';
import { createStopRule } from '../../stopping/createStopRule';
import { EmptyBodies } from '../../stopping/emptyBodies';
import type { StopRule } from '../../stopping/stopRule';
import type { Answer, Completes } from './completes';
import { PromptBudget } from './promptBudget';

type Options = RequestOptions<'complete'>;

interface Asked {
  readonly params: CompleteParams;
  readonly options: Options;
  /** Hands on what one of both writes, the one that wrote first; no piece is taken back. */
  readonly say: (source: 'server' | 'local', text: string) => void;
  /** Why the local model has no answer. */
  failure?: Error;
}

/** A copy from near by takes a few milliseconds. One that takes longer is not waited for. */
const copyWithinMs = 60;

/** What is used of a server. */
export type AskedServer = Pick<UserServer, 'origin' | 'isLoopback' | 'ready' | 'changed'>;

export class CompletionByServer implements Completes {
  readonly #failover: Failover<Asked, Answer>;
  readonly #budget = PromptBudget.ofServer();

  /**
   * @param bodies tells what is asked for in a body that has nothing in it
   * @param policy how time passes, for tests
   */
  constructor(
    private readonly server: AskedServer,
    private readonly local: Completes,
    private readonly bodies: Pick<EmptyBodies, 'has'> = new EmptyBodies(),
    policy: Pick<FailoverOptions<Asked, Answer>, 'now' | 'random' | 'after'> = {},
  ) {
    this.#failover = new Failover({
      triedFor: server.isLoopback ? triedBesideMs : triedForMs,
      ...policy,
      askServer: async (asked, signal, onPiece) => {
        return this.#byServer(await server.ready(), asked.params, {
          signal,
          limits: limitsOf(asked.options.deadlineMs),
          onText: (text) => {
            onPiece();
            asked.say('server', text);
          },
        });
      },
      askLocal: async (asked, signal) => {
        try {
          const onEvent = ({ text }: { readonly text: string }): void => asked.say('local', text);
          return await local.complete(asked.params, { ...asked.options, signal, onEvent });
        } catch (error) {
          asked.failure = error as Error;
          throw error;
        }
      },
      onChange: (change) => server.changed(change),
    });
  }

  async complete(params: CompleteParams, options: Options): Promise<Answer> {
    if (options.priority === 'ahead') return this.#ahead(params, options);
    const copy = params.alternatives === undefined ? await this.#copy(params, options) : undefined;
    if (copy !== undefined) return copy;
    let speaker: 'server' | 'local' | undefined;
    const asked: Asked = {
      params,
      options,
      say: (source, text) => {
        speaker ??= source;
        if (speaker === source) options.onEvent?.({ text });
      },
    };
    const answered = await this.#failover.answer(asked, options.signal);
    if (answered !== undefined) return answered.answer;
    throw options.signal?.aborted || asked.failure === undefined ? notWanted() : asked.failure;
  }

  /** The local model, too, so that it is ready to answer in the server's place. */
  async readIn(params: CompleteParams, options: Options): Promise<unknown> {
    const reading = [this.local.readIn(params, options), this.#warmUp(params, options)];
    return Promise.all(reading);
  }

  /** Ends what runs. */
  dispose(): void {
    this.#failover.dispose();
  }

  /** A server that answers one request at a time is kept free for what is wanted now; nothing is foreseen then. */
  async #ahead(params: CompleteParams, { signal, deadlineMs }: Options): Promise<Answer> {
    const ready = await this.#free();
    if (ready === undefined) throw notWanted();
    return this.#byServer(ready, params, { signal, ahead: true, limits: limitsOf(deadlineMs) });
  }

  async #warmUp(params: CompleteParams, { signal }: Options): Promise<void> {
    const ready = await this.#free();
    if (ready === undefined) return;
    const { client, model } = ready;
    await client.warmUp(fillRequestOf(this.#budgeted(params), model.contextLength), signal);
  }

  /** The server, where it is well and has room for what nobody waits for. */
  async #free(): Promise<ReadyServer | undefined> {
    if (this.#failover.health.phase !== 'well') return undefined;
    const ready = await this.server.ready();
    return ready.servesSeveral ? ready : undefined;
  }

  /** What stands near by and is surely meant, which needs no model: then nothing is sent. */
  async #copy(params: CompleteParams, options: Options): Promise<Answer | undefined> {
    if (params.neighbours === undefined) return undefined;
    const own = new AbortController();
    const signal = options.signal ? AbortSignal.any([options.signal, own.signal]) : own.signal;
    const { priority, deadlineMs } = options;
    const copying = this.local.complete({ ...params, copiesOnly: true }, { priority, deadlineMs, signal });
    const first = await Promise.race([copying.catch(() => undefined), sleep(copyWithinMs, undefined, { ref: false })]);
    if (options.signal?.aborted) throw notWanted();
    if (first === undefined) own.abort();
    return first === undefined || first.result.text === '' ? undefined : first;
  }

  async #byServer(
    { client, model }: ReadyServer,
    params: CompleteParams,
    options: Parameters<typeof completeByServer>[3],
  ): Promise<Answer> {
    const { contextLength, name } = model;
    const rule = await this.#ruleFor(params);
    const written = await completeByServer(client, this.#budgeted(params), rule, {
      ...options,
      contextLength,
      onUntold: (tokens, ms) => this.#budget.recordAtMost(tokens, ms),
    });
    this.#budget.record(written.result.timings);
    return { result: written.result, server: { origin: this.server.origin, model: name, tokens: written.tokens } };
  }

  /** What the completer says of that is of this machine. */
  #budgeted(params: CompleteParams): CompleteParams {
    return { ...params, maxPromptTokens: this.#budget.tokens };
  }

  /** Where the text ends: by the rule that ends those of the local model. */
  async #ruleFor(params: CompleteParams): Promise<StopRule> {
    const { mode, path, prefix, suffix } = params;
    const inEmptyBody = mode === 'auto' && (await this.bodies.has(params));
    return createStopRule(mode, path, { ...splitAtCursor(prefix, suffix), inEmptyBody });
  }
}

const limitsOf = (deadlineMs = textLimits.totalMs): HttpLimits => ({ ...textLimits, totalMs: deadlineMs });

const notWanted = (): EngineError => new EngineError('cancelled', 'No longer wanted.');
