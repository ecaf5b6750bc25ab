/**
 * Keeps a child process running for its client: the one place that decides on starting, restarting and stopping, for the
 * engine and the index process alike. It knows nothing of what they are asked.
 */
import { Deaths } from './backoff';
import type { AfterDeath } from './backoff';
import { Child } from './child';
import type { ChildEnd, ChildOptions } from './child';

export type ProcessState =
  /** No process; the next `start` makes one. */
  | { readonly kind: 'stopped' }
  | { readonly kind: 'starting' }
  | { readonly kind: 'ready'; readonly pid: number }
  /** Not started again by itself; the reason is a sentence for people. */
  | { readonly kind: 'failed'; readonly reason: string };

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

export interface SupervisorOptions<Message> {
  /** How a sentence that begins with it calls the process: `Engine`. */
  name: string;
  /** @param deaths in a row so far */
  child(deaths: number): ChildOptions<Message>;
  log(level: LogLevel, message: string): void;
  /** @param why the process is not started any more @returns the sentence for people */
  stoppedBecause(why: string): string;
  onState(state: ProcessState): void;
  onMessage(message: Message): void;
  /** What the process is working on, as the log is to name it. */
  running(): readonly string[];
  /** The process has died and is to be started again. @returns whether it is needed at once */
  onDeath(end: ChildEnd): boolean;
  /** The process is not started again by itself. @param reason a sentence for people */
  onFailed(reason: string): void;
}

/** Keeps one process running while it is needed: starts it, and starts it again when it dies, but not for ever. */
export class Supervisor<Message extends { readonly kind: string }, Sent extends object> {
  readonly #options: SupervisorOptions<Message>;
  #state: ProcessState = { kind: 'stopped' };
  #child: Child<Message, Sent> | undefined;
  #startTimer: NodeJS.Timeout | undefined;
  readonly #deaths = new Deaths();
  /** No start before this moment of `performance.now()`. */
  #notBefore = 0;
  #disposed = false;

  constructor(options: SupervisorOptions<Message>) {
    this.#options = options;
  }

  get state(): ProcessState {
    return this.#state;
  }

  get isDisposed(): boolean {
    return this.#disposed;
  }

  /** Starts the process where there is none, after a death not at once. */
  start(): void {
    if (this.#disposed || this.#child !== undefined || this.#startTimer !== undefined) return;
    const delayMs = this.#notBefore - performance.now();
    if (delayMs <= 0) {
      this.#startNow();
    } else {
      this.#setState({ kind: 'starting' });
      this.#startTimer = setTimeout(() => this.#startNow(), delayMs);
    }
  }

  /** Ends the process and starts a new one, also after a failure. */
  restart(): void {
    if (this.#disposed) return;
    this.#abandonChild('restarted');
    this.#deaths.forget();
    this.#notBefore = 0;
    this.#startNow();
  }

  /** Ends the process for good. */
  dispose(): void {
    this.#disposed = true;
    this.#abandonChild('disposed');
    this.#setState({ kind: 'stopped' });
  }

  send(message: Sent): void {
    this.#child?.send(message);
  }

  /** Ends the process as a death, for the reason given. */
  kill(reason: string): void {
    this.#child?.kill(reason);
  }

  /** The process has answered a request or committed something: earlier deaths are not in a row with later ones. */
  served(): void {
    this.#deaths.served();
  }

  #startNow(): void {
    this.#startTimer = undefined;
    this.#setState({ kind: 'starting' });
    const child: Child<Message, Sent> = new Child<Message, Sent>(this.#options.child(this.#deaths.inARow), {
      onReady: (pid) => this.#child === child && this.#ready(pid),
      onMessage: (message) => this.#child === child && this.#options.onMessage(message),
      onRefused: (sentence) => this.#options.log('warn', sentence),
      onEnd: (end) => this.#child === child && this.#died(child, end),
    });
    this.#child = child;
  }

  #ready(pid: number): void {
    this.#options.log('debug', `${this.#options.name} process ${pid} is ready.`);
    this.#setState({ kind: 'ready', pid });
  }

  #died(child: Child<Message, Sent>, end: ChildEnd): void {
    this.#forgetChild();
    const now = performance.now();
    const after: AfterDeath = end.fatal ? { stopped: end.reason } : this.#deaths.add(now, end.reason);
    const running = this.#options.running();
    const doing = running.length === 0 ? '' : ` while it worked on ${running.join(', ')}`;
    const what = `${this.#options.name} process ${child.pid ?? '(not started)'} ended${doing}: ${end.reason}.`;
    if ('stopped' in after) {
      this.#fail(what, after.stopped);
      return;
    }
    const { delayMs } = after;
    this.#notBefore = now + delayMs;
    if (this.#options.onDeath(end)) {
      this.#options.log('warn', `${what} It is started again${delayMs === 0 ? '' : ` in ${delayMs} ms`}.`);
      this.#setState({ kind: 'starting' });
      this.start();
    } else {
      this.#options.log('warn', `${what} The next request starts it again.`);
      this.#setState({ kind: 'stopped' });
    }
  }

  #fail(what: string, why: string): void {
    const reason = this.#options.stoppedBecause(why);
    this.#options.log('error', `${what} It is not started again: ${why}.`);
    this.#setState({ kind: 'failed', reason });
    this.#options.onFailed(reason);
  }

  /** Ends the process on purpose: it is no death, and nothing more is heard of it. */
  #abandonChild(reason: string): void {
    const child = this.#child;
    this.#forgetChild();
    child?.kill(reason);
  }

  #forgetChild(): void {
    this.#child = undefined;
    clearTimeout(this.#startTimer);
    this.#startTimer = undefined;
  }

  #setState(state: ProcessState): void {
    this.#state = state;
    this.#options.onState(state);
  }
}
