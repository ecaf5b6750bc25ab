/**
 * Scans vectors on a second thread together with the calling one; used by `shelf.ts` and the dense index. The thread
 * starts only for large indexes and on machines with more than one processor.
 */
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';

/** Rows in the memory of a kernel, to be compared with the query that is there as well. */
export interface Scannable {
  /** What another thread needs to do the same; undefined where it cannot. */
  readonly shared: { readonly module: object; readonly memory: object } | undefined;
  readonly bytes: number;
  /** Where everything stands, as `Kernel.scan` wants it. */
  places(): readonly number[];
  scan(): void;
}

/**
 * What the thread runs: as text, since every bundle has its own place. It takes one task after the other, as the thread that
 * it helps does, until none is left. `claims`: how many tasks are taken, and how many are done.
 */
const helper = `
  const kernels = new Map();
  require('node:worker_threads').parentPort.on('message', ({ added, tasks, claims }) => {
    for (const { id, module, memory } of added) kernels.set(id, new WebAssembly.Instance(module, { host: { memory } }).exports);
    for (let next; (next = Atomics.add(claims, 0, 1)) < tasks.length; ) {
      const { id, places } = tasks[next];
      kernels.get(id).scan(...places);
      Atomics.add(claims, 1, 1);
      Atomics.notify(claims, 1);
    }
  });
`;

interface Options {
  /** Bytes from which on a second thread is worth its memory, some 16 MB. */
  readonly least?: number;
  /** Milliseconds without a finished task (a task takes about one) after which the second thread counts as dead. */
  readonly patience?: number;
  readonly script?: string;
}

/**
 * Scans rows together with a second thread, which begins while this one does something else: reading hundreds of megabytes
 * takes as long as everything else in a question. Where the second thread has no processor, this one does nearly everything.
 */
export class SecondThread {
  readonly #least: number;
  readonly #patience: number;
  readonly #script: string;
  #worker: Worker | undefined;
  /** What the thread has seen, by the numbers that it knows it by. It holds their memory for as long as it lives. */
  readonly #known = new Map<Scannable, number>();
  #unfinished: (() => void) | undefined;
  #isUsable = availableParallelism() > 1;

  constructor({ least = 32 * 2 ** 20, patience = 10_000, script = helper }: Options = {}) {
    this.#least = least;
    this.#patience = patience;
    this.#script = script;
  }

  get isRunning(): boolean {
    return this.#worker !== undefined;
  }

  /**
   * Begins to scan. Finishes the previous scan first, should its caller not have done so.
   *
   * @param prepare places the query and says what is to be scanned
   * @returns does what is left and waits for the rest; to be called before anything of what is scanned changes
   */
  begin(prepare: () => readonly Scannable[]): () => void {
    this.#unfinished?.();
    const all = prepare();
    const bytes = all.reduce((sum, scannable) => sum + scannable.bytes, 0);
    if (this.#isUsable && bytes >= this.#least && all.every(({ shared }) => shared !== undefined))
      return this.#share(all);
    return () => all.forEach((scannable) => scannable.scan());
  }

  /** Something is not scanned any more: its memory is to be free. */
  forget(gone: Scannable): void {
    if (!this.#known.has(gone)) return;
    this.#unfinished?.();
    this.end();
  }

  end(): void {
    // Nothing else gives memory back for sure; the next scan of many rows starts a new one.
    void this.#worker?.terminate();
    this.#worker = undefined;
    this.#known.clear();
  }

  #share(tasks: readonly Scannable[]): () => void {
    this.#worker ??= this.#start();
    const added = tasks.filter((task) => !this.#known.has(task));
    for (const task of added) this.#known.set(task, this.#known.size);
    const idOf = (task: Scannable): number | undefined => this.#known.get(task);
    // Others for each scan: should the thread come late, nothing of this one is left for it.
    const claims = new Int32Array(new SharedArrayBuffer(8));
    this.#worker.postMessage({
      added: added.map((task) => ({ id: idOf(task), ...task.shared })),
      tasks: tasks.map((task) => ({ id: idOf(task), places: task.places() })),
      claims,
    });
    this.#unfinished = () => {
      this.#unfinished = undefined;
      for (let next: number; (next = Atomics.add(claims, 0, 1)) < tasks.length; Atomics.add(claims, 1, 1))
        tasks[next]?.scan();
      for (let done: number; (done = Atomics.load(claims, 1)) < tasks.length;) {
        if (Atomics.wait(claims, 1, done, this.#patience) !== 'timed-out') continue;
        this.#giveUp();
        for (const task of tasks) task.scan();
        break;
      }
    };
    return this.#unfinished;
  }

  #start(): Worker {
    const worker = new Worker(this.#script, {
      eval: true,
      resourceLimits: { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 1, stackSizeMb: 1 },
    });
    // Nothing waits for it at the end.
    worker.unref();
    worker.on('error', () => this.#giveUp());
    return worker;
  }

  /** A thread that has failed once is not tried again: without it, everything takes longer, no more. */
  #giveUp(): void {
    this.#isUsable = false;
    this.end();
  }
}

/** For all indexes of the process. */
export const secondThread = new SecondThread();
