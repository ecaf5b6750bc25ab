/**
 * The host's client of the index process: starts and restarts it, sends requests and serves its vector requests; used
 * by the workspace index.
 */
import { awakeTimeout } from '../process/awakeTimeout';
import { Requests } from '../process/requests';
import { Supervisor } from '../process/supervisor';
import type { LogLevel, ProcessState } from '../process/supervisor';
import { IndexError } from './errors';
import { indexMessage, methods, protocolVersion } from './protocol';
import type {
  EncoderFacts,
  ErrorCode,
  IndexHostMessage,
  IndexMessage,
  Method,
  Params,
  Progress,
  Result,
  Root,
  StartOptions,
} from './protocol';
import { deadlines, PendingIndexRequest } from './pendingRequest';
import type { IndexRequest } from './pendingRequest';
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
  /** Whether that model embeds questions alone for now. */
  readonly encoderRests?: () => boolean;
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

/**
 * What throws the index away waits for nothing that is done to it: a process that has not answered after so many
 * milliseconds is ended, and the next one is asked.
 */
const patienceMs: Partial<Record<Method, number>> = { rebuild: 3_000, clear: 3_000 };

/**
 * The host's side of the index process. Starts it with the first request, starts it again when it dies, tells each new
 * one what is searched, and gives every request exactly one end: its result, or an `IndexError`.
 */
export class IndexClient {
  readonly #requests = new Requests<ErrorCode, IndexRequest>({ process: 'index process', died: 'died' });
  readonly #process: Supervisor<Heard, IndexHostMessage>;
  /** Answers the process that there is. */
  #vectors: VectorService | undefined;
  /** Whether indexing is paused; each new process is sent that. */
  #isPaused = false;
  #nextId = 1;

  constructor(private readonly options: IndexClientOptions) {
    this.#process = new Supervisor<Heard, IndexHostMessage>({
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
      stoppedBecause: (why) => `The search index is stopped: ${why}. Use “Glassbox: Restart Index” to try again.`,
      onState: (state) => this.#changed(state),
      onMessage: (message) => this.#receive(message),
      running: () => this.#requests.running,
      onDeath: ({ reason }) => {
        this.#requests.survive(reason);
        // An index that is being made is worth a new process, too.
        return true;
      },
      onFailed: (message) => this.#requests.rejectAll({ code: 'stopped', message }),
    });
  }

  get state(): ProcessState {
    return this.#process.state;
  }

  /**
   * Asks the process for something.
   *
   * @throws {IndexError} `cancelled` after the signal aborts, `deadline` when there was no answer in time, `died` when the
   *   process died twice while it worked on this, `stopped` when it is not started any more, `invalid` when parameters or
   *   answer do not fit, and whatever else the process answers
   */
  async request<M extends Method>(method: M, params: Params<M>, signal?: AbortSignal): Promise<Result<M>> {
    if (this.#process.isDisposed || signal?.aborted === true) throw cancelled();
    const { state } = this.#process;
    if (state.kind === 'failed') throw new IndexError('stopped', state.reason);
    valid(methods[method].params, params, `Parameters of ${method}`);
    const request = new PendingIndexRequest(this.#nextId++, method, params);
    const giveUp = (code: ErrorCode, message: string): void => {
      this.#process.send({ kind: 'cancel', id: request.id });
      this.#requests.reject(request, { code, message });
    };
    const onAbort = (): void => giveUp('cancelled', 'The request is no longer wanted.');
    signal?.addEventListener('abort', onAbort, { once: true });
    const patience = patienceMs[method];
    const timers = [
      awakeTimeout(deadlines[method], () => giveUp('deadline', `The index did not answer ${method} in time.`)),
      ...(patience === undefined
        ? []
        : [awakeTimeout(patience, () => this.#process.kill(`it did not answer ${method}`))]),
    ];
    try {
      if (this.#requests.add(request)) {
        if (this.#process.state.kind === 'ready') this.#send(request);
        else this.#process.start();
      }
      const result = await request.result;
      if (method === 'pause' || method === 'resume') this.#isPaused = method === 'pause';
      return result;
    } finally {
      for (const stop of timers) stop();
      signal?.removeEventListener('abort', onAbort);
    }
  }

  /** Starts the process where there is none. */
  start(): void {
    if (this.#process.state.kind === 'stopped') this.#process.start();
  }

  /** Ends the process and starts a new one, also after a failure; requests that wait are asked again. */
  restart(): void {
    this.#requests.restart();
    this.#process.restart();
  }

  /** Ends the process for good; requests that wait are rejected with `cancelled`. */
  dispose(): void {
    this.#process.dispose();
    this.#requests.rejectAll(cancelled());
  }

  #changed(state: ProcessState): void {
    if (state.kind === 'ready') {
      const { roots, encoder, encoderRests, embed = noEncoder } = this.options;
      this.#vectors = new VectorService(embed, (answer) => this.#process.send(answer));
      // The answers are not waited for: the process answers these requests before all that follow.
      const known = encoder?.();
      const rests = encoderRests?.() ?? false;
      const news: Omit<Extract<IndexHostMessage, { kind: 'request' }>, 'kind' | 'id'>[] = [
        ...(known === undefined ? [] : [{ method: 'encoder', params: { encoder: known, rests } } as const]),
        ...(this.#isPaused ? [{ method: 'pause', params: {} } as const] : []),
        { method: 'open', params: { roots: [...roots()] } },
      ];
      for (const one of news) this.#process.send({ kind: 'request', id: 0, ...one });
      for (const request of this.#requests) this.#send(request);
    } else {
      this.#vectors?.abort();
      this.#vectors = undefined;
    }
    this.options.onState?.(state);
  }

  #send(request: IndexRequest): void {
    const { id, method, params } = request;
    request.sent = true;
    this.#process.send({ kind: 'request', id, method, params });
  }

  #receive(message: Heard): void {
    switch (message.kind) {
      case 'log':
        this.options.log(message.level, message.message);
        return;
      case 'progress':
        if (hasCommitted(message.progress)) this.#process.served();
        this.options.onProgress?.(message.progress);
        return;
      case 'embed':
      case 'embedNoMore':
        this.#vectors?.receive(message);
        return;
      case 'better':
        this.options.onBetter?.();
        return;
      default:
        if (this.#requests.answer(message)?.tells === true) this.#process.served();
    }
  }
}

/** Whether something was committed by this process: that is why it is there, and no phase says as much. */
function hasCommitted({ chunks, refined }: Progress): boolean {
  return chunks > 0 || (refined?.done ?? 0) > 0;
}

function noEncoder(): Promise<never> {
  return Promise.reject(new Error('There is no encoder.'));
}

function cancelled(): IndexError {
  return new IndexError('cancelled', 'The request is no longer wanted.');
}
