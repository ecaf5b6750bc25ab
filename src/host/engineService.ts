/**
 * The engine client that all features share: created with the first request and restarted by command, its state
 * reported to `activity.ts`. Created by `extension.ts`; no VS Code in it.
 */
import { rm } from 'node:fs/promises';
import type { Activity } from './activity';
import { EngineClient } from '../ipc/engine/client';
import type { EngineClientOptions } from '../ipc/engine/client';
import type { EngineError } from '../ipc/engine/errors';
import type { Method, Params, Result } from '../ipc/engine/protocol';
import type { RequestOptions } from '../ipc/engine/pendingRequest';
import { Listeners } from '../common/listeners';

/** How often, in milliseconds, the engine's memory is asked for at most, and only after it has done something. */
const factsEveryMs = 30_000;

export interface EngineServiceOptions extends Omit<EngineClientOptions, 'onState'> {
  readonly activity: Activity;
}

/** The engine as the features use it: made on first use; its state is passed on to the status item. */
export class EngineService implements Pick<EngineClient, 'request'> {
  #client: EngineClient | undefined;
  #nextFacts = 0;
  readonly #restarts = new Listeners();
  /** Adds a listener, called when the engine was restarted on purpose, not when it died. */
  readonly onDidRestart = this.#restarts.add;

  constructor(private readonly options: EngineServiceOptions) {}

  /** @throws {EngineError} see {@link EngineClient.request} */
  request<M extends Method>(method: M, params: Params<M>, options: RequestOptions<M>): Promise<Result<M>> {
    this.#client ??= this.#createClient();
    return this.#client.request(method, params, options);
  }

  /** Ends the engine's process and starts a new one, also after a failure; nothing is started where none was needed. */
  restart(): void {
    this.#nextFacts = 0;
    this.options.activity.update({ model: undefined, failure: undefined });
    this.#client?.restart();
    this.#restarts.notify();
  }

  /** Forgets what was found out about this machine and its accelerators, and what was packed for it, and starts afresh. */
  async clearCaches(): Promise<void> {
    const { cache, log } = this.options;
    const remove = (maxRetries = 0) =>
      cache === undefined ? Promise.resolve() : rm(cache, { recursive: true, force: true, maxRetries });
    try {
      await remove();
      this.restart();
    } catch {
      // Windows keeps files that a process has mapped.
      this.restart();
      await remove(10).catch((error: unknown) =>
        log('warn', `Some of the engine's caches stay until other windows are closed: ${(error as Error).message}`),
      );
    }
    log('info', 'What was found out about this machine is forgotten; it is found out again.');
  }

  /** Keeps the model's name and memory up to date; called after a request with that model was served. */
  async learnFacts(model: string): Promise<void> {
    if (performance.now() < this.#nextFacts) return;
    this.#nextFacts = performance.now() + factsEveryMs;
    try {
      const { name } = await this.request('load', { model }, { priority: 'index' });
      const { residentBytes, accelerators, acceleratorFailure } = await this.request(
        'status',
        {},
        { priority: 'index' },
      );
      this.options.activity.update({ model: { name, residentBytes, accelerators, acceleratorFailure } });
    } catch (error) {
      this.options.log('debug', `The engine's state is not known: ${(error as EngineError).message}`);
    }
  }

  /** Another engine process of the same settings, behind all other programs, for models on trial: end it with `dispose`. */
  aside(): EngineClient {
    const { activity: _, ...options } = this.options;
    return new EngineClient({ ...options, background: true, unloadAfterMinutes: () => 0 });
  }

  dispose(): void {
    this.#client?.dispose();
  }

  #createClient(): EngineClient {
    const { activity, ...options } = this.options;
    return new EngineClient({ ...options, onState: (engine) => activity.update({ engine }) });
  }
}
