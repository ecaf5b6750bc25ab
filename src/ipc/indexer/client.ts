import { Supervisor } from '../process/supervisor';
import type { LogLevel, ProcessState } from '../process/supervisor';
import { IndexError } from './errors';
import { indexMessage, methods, protocolVersion } from './protocol';
import type {
  EncoderFacts,
  HostMessage,
  IndexMessage,
  Method,
  Params,
  Progress,
  Result,
  Root,
  StartOptions,
} from './protocol';
import { valid } from './valid';
import { VectorService } from './vectorRequests';
import type { AskForVectors } from './vectorRequests';

export interface IndexClientOptions {
  /** Absolute path of the index process' bundle. */
  readonly modulePath: string;
  readonly start: Omit<StartOptions, 'died'>;
  /** What is searched, asked at every start of the process. */
  readonly roots: () => readonly Root[];
  /** The model that embeds texts in the background, asked at every start of the process. */
  readonly encoder?: () => EncoderFacts | undefined;
  /** Has that model embed texts. */
  readonly embed?: AskForVectors;
  readonly log: (level: LogLevel, message: string) => void;
  readonly onState?: (state: ProcessState) => void;
  readonly onProgress?: (progress: Progress) => void;
  /** A question that was answered without the encoder can be answered with it now. */
  readonly onBetter?: () => void;
  readonly readyTimeoutMs?: number;
}

type Heard = Exclude<IndexMessage, { kind: 'ready' }>;

/**
 * The lexer of a grammar is one loop of 160 kB. Unrolled and peeled, V8 takes 700 MB and three seconds to compile it, and
 * half of that as it stands, for code that is at most 4 % slower. And of what a question leaves behind, V8 would keep 50 MB
 * before it looks for what no longer lives.
 */
export const indexNodeArgs: readonly string[] = [
  '--no-wasm-loop-peeling',
  '--no-wasm-loop-unrolling',
  '--max-semi-space-size=2',
];

/**
 * Once it was given back a block of some megabytes, the C library of Linux takes all blocks up to that size from a heap that
 * does not shrink where something lies at its end. With a limit of its own (bytes), it gives them back to the system. And of
 * the heaps that it makes for threads, none shrinks either: two are enough for one thread that writes and one that answers.
 */
export const indexEnvironment: Readonly<Record<string, string>> = {
  MALLOC_MMAP_THRESHOLD_: String(1 << 18),
  MALLOC_ARENA_MAX: '2',
};

interface Pending {
  readonly id: number;
  readonly method: Method;
  readonly params: unknown;
  /** Whether a process has died while this was asked of it. */
  survived: boolean;
  resolve(value: unknown): void;
  reject(error: IndexError): void;
}

/**
 * The host's side of the index process. Starts it with the first request, starts it again when it dies, tells each new
 * one what is searched, and gives every request exactly one end: its result, or an `IndexError`.
 */
export class IndexClient {
  readonly #pending = new Map<number, Pending>();
  readonly #process: Supervisor<Heard, HostMessage>;
  /** Answers the process that there is. */
  #vectors: VectorService | undefined;
  #nextId = 1;

  constructor(private readonly options: IndexClientOptions) {
    this.#process = new Supervisor<Heard, HostMessage>({
      name: 'Index',
      child: (deaths) => ({
        name: 'index',
        modulePath: options.modulePath,
        args: [JSON.stringify({ ...options.start, died: deaths > 0 })],
        nodeArgs: indexNodeArgs,
        environment: indexEnvironment,
        readyTimeoutMs: options.readyTimeoutMs ?? 30_000,
        protocolVersion,
        schema: indexMessage,
      }),
      log: options.log,
      stoppedBecause: (why) => `The search index is stopped: ${why}. Use “Glassbox: Rebuild Index” to try again.`,
      onState: (state) => this.#changed(state),
      onMessage: (message) => this.#receive(message),
      onDeath: (reason) => this.#survive(reason),
      onFailed: (reason) => this.#rejectAll(new IndexError('stopped', reason)),
    });
  }

  get state(): ProcessState {
    return this.#process.state;
  }

  /**
   * Asks the process for something.
   *
   * @throws {IndexError} `cancelled` after the signal aborts, `died` when the process died twice while this was asked of
   *   it, `stopped` when it is not started any more, `invalid` when parameters or answer do not fit, and whatever else
   *   the process answers
   */
  async request<M extends Method>(method: M, params: Params<M>, signal?: AbortSignal): Promise<Result<M>> {
    if (this.#process.isDisposed || signal?.aborted === true) throw cancelled();
    const { state } = this.#process;
    if (state.kind === 'failed') throw new IndexError('stopped', state.reason);
    valid(methods[method].params, params, `Parameters of ${method}`);
    const id = this.#nextId++;
    const onAbort = (): void => {
      this.#process.send({ kind: 'cancel', id });
      this.#pending.get(id)?.reject(cancelled());
    };
    signal?.addEventListener('abort', onAbort, { once: true });
    try {
      const value = await new Promise<unknown>((resolve, reject) => {
        const pending = { id, method, params, survived: false, resolve, reject };
        this.#pending.set(id, pending);
        if (this.#process.state.kind === 'ready') this.#send(pending);
        else this.#process.start();
      });
      return valid<(typeof methods)[M]['result']>(methods[method].result, value, `The result of ${method}`);
    } finally {
      this.#pending.delete(id);
      signal?.removeEventListener('abort', onAbort);
    }
  }

  /** Starts the process where there is none. */
  start(): void {
    if (this.#process.state.kind === 'stopped') this.#process.start();
  }

  /** Ends the process and starts a new one, also after a failure; requests that wait are asked again. */
  restart(): void {
    this.#process.restart();
  }

  /** Ends the process for good; requests that wait are rejected with `cancelled`. */
  dispose(): void {
    this.#process.dispose();
    this.#rejectAll(cancelled());
  }

  #changed(state: ProcessState): void {
    if (state.kind === 'ready') {
      const { roots, encoder, embed = noEncoder } = this.options;
      this.#vectors = new VectorService(embed, (answer) => this.#process.send(answer));
      // Nobody waits for the answers: they come before those of all that is asked after them.
      const known = encoder?.();
      if (known !== undefined)
        this.#process.send({ kind: 'request', id: 0, method: 'encoder', params: { encoder: known } });
      this.#process.send({ kind: 'request', id: 0, method: 'open', params: { roots: [...roots()] } });
      for (const pending of this.#pending.values()) this.#send(pending);
    } else {
      this.#vectors?.abort();
      this.#vectors = undefined;
    }
    this.options.onState?.(state);
  }

  #send({ id, method, params }: Pending): void {
    this.#process.send({ kind: 'request', id, method, params });
  }

  #receive(message: Heard): void {
    switch (message.kind) {
      case 'log':
        this.options.log(message.level, message.message);
        return;
      case 'progress':
        // Not an answer: a process that dies of a file has always answered before.
        if (message.progress.phase === 'idle' || message.progress.chunks > 0) this.#process.served();
        this.options.onProgress?.(message.progress);
        return;
      case 'embed':
      case 'embedNoMore':
        this.#vectors?.receive(message);
        return;
      case 'better':
        this.options.onBetter?.();
        return;
      case 'result':
        this.#pending.get(message.id)?.resolve(message.value);
        return;
      case 'error':
        this.#pending.get(message.id)?.reject(new IndexError(message.error.code, message.error.message));
    }
  }

  /** What was asked of a process that died is asked of one more; an index that is being made is worth a new one, too. */
  #survive(reason: string): boolean {
    for (const pending of [...this.#pending.values()]) {
      if (pending.survived)
        pending.reject(
          new IndexError('died', `The index process ended twice while it worked on ${pending.method}: ${reason}.`),
        );
      pending.survived = true;
    }
    return true;
  }

  #rejectAll(error: IndexError): void {
    for (const pending of [...this.#pending.values()]) pending.reject(error);
  }
}

function noEncoder(): Promise<never> {
  return Promise.reject(new Error('There is no encoder.'));
}

function cancelled(): IndexError {
  return new IndexError('cancelled', 'The request is no longer wanted.');
}
