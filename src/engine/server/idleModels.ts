/**
 * Closes models after a time without requests, and those to be reopened as soon as no request runs; created by
 * `serve.ts` over the stores of models and of attention models.
 */
import type { ModelStore } from '../scheduling/modelStore';

/**
 * Closes models while nothing is asked for: all of them when that lasts, and at once what is to be opened anew. Those that
 * were opened to look inside are models like others.
 */
export class IdleModels {
  readonly #stale = new Set<string>();
  #timer: NodeJS.Timeout | undefined;
  #running = 0;

  /**
   * @param stores all that open models
   * @param limitMs milliseconds that models stay open without a request; 0 for ever
   */
  constructor(
    private readonly stores: readonly Pick<ModelStore<never>, 'paths' | 'close'>[],
    private readonly limitMs: number,
    private readonly log: (sentence: string) => void,
  ) {}

  /** @param running how many requests there are now */
  note(running: number): void {
    this.#running = running;
    clearTimeout(this.#timer);
    if (running > 0) return;
    this.#closeStale();
    // `unref`: this timer must not keep the process alive.
    if (this.limitMs > 0) this.#timer = setTimeout(() => this.#closeAll(), this.limitMs).unref();
  }

  /** Closes the model as soon as no request runs; the next request opens it again. */
  renew(path: string): void {
    this.#stale.add(path);
    if (this.#running === 0) this.#closeStale();
  }

  #closeStale(): void {
    for (const path of this.#stale) for (const store of this.stores) void store.close(path);
    this.#stale.clear();
  }

  #closeAll(): void {
    const open = this.stores.flatMap((store) => store.paths.map((path) => ({ store, path })));
    for (const { store, path } of open) void store.close(path);
    if (open.length > 0)
      this.log('The engine has closed its models, since nobody used them; the next request opens them again.');
  }
}
