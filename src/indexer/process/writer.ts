/**
 * Keeps the indexes of all roots up to date in the writer thread, one after the other; created by `main.ts`, commanded by the
 * index server. What is left to do is in `jobs.ts`, what the encoder does in `refinement.ts`, what is told in `report.ts`.
 */
import { stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { Scope } from '../../common/files/scope';
import { walkPaths } from '../../common/files/walk';
import type { WalkOptions } from '../../common/files/walk';
import type { Embedder } from '../../ipc/indexer/embedder';
import { IndexError } from '../../ipc/indexer/errors';
import type { EncoderFacts, Progress } from '../../ipc/indexer/protocol';
import { Suspects } from '../indexing/suspects';
import type { SearchIndex } from '../searchIndex';
import type { StoredRoot, WriterCommand } from './commands';
import { jobFor, Jobs } from './jobs';
import type { IndexingJob } from './jobs';
import type { IndexLocation } from './models';
import { Pause } from './pause';
import { Refinement } from './refinement';
import type { WrittenRoot } from './refinement';
import { WriterReport } from './report';
import { Retries } from './retries';
import { sentenceFor } from './trouble';

export interface WriterOptions {
  /** Opens the index of a root to write it. */
  readonly open: (place: IndexLocation) => SearchIndex;
  /** The model that embeds texts better, in the background. */
  readonly encoder: (facts: EncoderFacts) => Embedder;
  readonly onProgress: (progress: Progress) => void;
  readonly log: (level: 'info' | 'warn', message: string) => void;
  /** Whether the process before this one died while it was needed. */
  readonly died?: boolean;
  /** Milliseconds after which an index that another process writes, or that failed, is tried again. */
  readonly retryMs?: number;
  /** The same for an encoder that does not answer. */
  readonly retryEncoderMs?: number;
}

/** Milliseconds that counting files may take before the first is read: the user may be waiting for first results. */
const countAtFirst = 100;
/** Files whose texts the encoder embeds first. */
const maxRecentFiles = 100;

/** Keeps the indexes of some roots up to date, one after the other, while no other process does. */
export class IndexWriter {
  readonly #roots = new Map<string, WrittenRoot>();
  /** By the path of the root, once it was written. */
  readonly #suspects = new Map<string, Suspects>();
  /** Roots whose index was found to be damaged when it was asked. */
  readonly #damaged = new Set<string>();
  readonly #jobs = new Jobs();
  readonly #pause = new Pause();
  readonly #retries: Retries;
  readonly #report: WriterReport;
  readonly #refinement: Refinement;
  #running: Promise<void> | undefined;
  #stop = new AbortController();

  constructor(private readonly options: WriterOptions) {
    const { onProgress, log, retryMs = 2_000, retryEncoderMs = 60_000 } = options;
    this.#retries = new Retries((root) => this.#add({ root }), retryMs);
    this.#report = new WriterReport(onProgress, () => {
      const trouble = this.#retries.trouble ?? this.#refinement.trouble;
      return { phase: this.#phase(), ...(trouble === undefined ? {} : { trouble }) };
    });
    this.#refinement = new Refinement({
      report: this.#report,
      pause: this.#pause,
      log,
      isUrgent: () => this.#jobs.areLeft,
      again: () => this.#go(),
      retryMs: retryEncoderMs,
    });
  }

  /** @throws {IndexError} `failed` where another process writes what is to be thrown away */
  async do(command: WriterCommand): Promise<void> {
    switch (command.kind) {
      case 'roots':
        await this.#setRoots(command.roots);
        return;
      case 'changed':
        if (this.#roots.has(command.root)) this.#add(jobFor(command));
        return;
      case 'repair':
        if (!this.#roots.has(command.root)) return;
        this.#damaged.add(command.root);
        this.#add({ root: command.root });
        return;
      case 'encoder':
        this.#refinement.use(command.encoder && this.options.encoder(command.encoder), command.rests);
        if (this.#roots.size > 0) this.#go();
        return;
      case 'used':
        this.#use(command);
        return;
      case 'pause':
        if (this.#pause.isOn) return;
        this.#pause.begin();
        this.#report.pause();
        return;
      case 'resume':
        this.#pause.end();
        this.#report.resume();
        return;
      case 'cancel':
        this.#jobs.clear();
        await this.#halt();
        this.#report.now();
        return;
      case 'rebuild':
        await this.#remove();
        this.#addAll();
        return;
      case 'clear':
        await this.#remove();
        this.#report.now();
    }
  }

  async #setRoots(roots: readonly StoredRoot[]): Promise<void> {
    await this.#halt();
    const wanted = new Map(roots.map((root) => [root.path, root]));
    for (const [path, written] of this.#roots) {
      if (!wanted.has(path)) this.#close(written);
      const root = wanted.get(path);
      if (root === undefined) this.#roots.delete(path);
      else this.#roots.set(path, { ...written, root });
    }
    for (const root of roots)
      if (!this.#roots.has(root.path))
        this.#roots.set(root.path, { root, index: this.options.open({ root: root.path, store: root.store }) });
    this.#jobs.clear();
    this.#addAll();
  }

  #addAll(): void {
    this.#jobs.addAll(Array.from(this.#roots.values(), ({ root }) => root));
    this.#go();
  }

  #add(job: IndexingJob): void {
    this.#jobs.add(job);
    this.#go();
  }

  /** Opened files are likely to be searched: the encoder embeds them first. */
  #use({ root: path, path: file }: Extract<WriterCommand, { kind: 'used' }>): void {
    const written = this.#roots.get(path);
    if (written === undefined || written.root.first[0] === file) return;
    const first = [file, ...written.root.first.filter((other) => other !== file)].slice(0, maxRecentFiles);
    this.#roots.set(path, { ...written, root: { ...written.root, first } });
    this.#refinement.outdate();
  }

  /** Ends the run; what was read is committed. A pause goes on for the next one. */
  async #halt(): Promise<void> {
    this.#stop.abort();
    this.#pause.wake();
    await this.#running;
    this.#stop = new AbortController();
    this.#pause.renew();
  }

  async #remove(): Promise<void> {
    this.#jobs.clear();
    await this.#halt();
    for (const [path, { index }] of this.#roots) {
      if (!index.becomeWriter())
        throw new IndexError(
          'failed',
          'Another window keeps this index up to date; close that window, or do it there.',
        );
      index.clear();
      this.#suspects.get(path)?.forget();
    }
  }

  #suspectsOf({ path, store }: StoredRoot): Suspects {
    let suspects = this.#suspects.get(path);
    if (suspects === undefined) this.#suspects.set(path, (suspects = new Suspects(store, this.options.died ?? false)));
    return suspects;
  }

  #close({ root, index }: WrittenRoot): void {
    index.close();
    this.#retries.forget(root.path);
    this.#suspects.get(root.path)?.close();
    this.#suspects.delete(root.path);
  }

  #go(): void {
    // A run that fails unexpectedly reports nothing: the rejection, which is not caught, ends the process.
    this.#running ??= this.#run().then(() => {
      this.#running = undefined;
      this.#report.now();
    });
  }

  async #run(): Promise<void> {
    // The command that led here is answered before the work begins.
    await new Promise(setImmediate);
    this.#report.beginRun(this.#pause.isOn);
    do {
      for (let job = this.#jobs.next(); job !== undefined && !this.#stop.signal.aborted; job = this.#jobs.next()) {
        const written = this.#roots.get(job.root);
        if (written !== undefined) await this.#work(written, job);
      }
      // Files come before vectors: what has changed meanwhile has its turn at once.
    } while (await this.#refinement.refineAll(this.#roots.values(), this.#stop.signal));
  }

  /** Reports what goes wrong with a root and tries it again later; the other roots do not notice. */
  async #work(written: WrittenRoot, job: IndexingJob): Promise<void> {
    const { path } = written.root;
    try {
      if (!written.index.becomeWriter()) {
        this.#retries.wait(path);
        return;
      }
      // Where the folder is gone for a while, as a drive that is not there, its index is kept.
      await stat(path);
      written.index.useFull(this.#refinement.encoder);
      written.index.useEncodings(written.root.encodings);
      if (this.#damaged.delete(path)) written.index.repair();
      const kept = await this.#update(written, this.#retries.has(path) ? undefined : job.paths);
      if (kept === 0) this.#retries.forget(path);
      else this.#fail(path, `${kept} files of ${path} could not be read; what was indexed of them before is kept.`);
    } catch (error) {
      if (this.#stop.signal.aborted) return;
      this.#fail(path, sentenceFor(error, path));
    }
  }

  #fail(root: string, trouble: string): void {
    if (this.#retries.trouble !== trouble) this.options.log('warn', trouble);
    this.#retries.fail(root, trouble);
  }

  /** @returns how many files could not be read that are known */
  async #update({ root, index }: WrittenRoot, paths: ReadonlySet<string> | undefined): Promise<number> {
    const { signal } = this.#stop;
    const { pace } = this.#report;
    const [filesBefore, chunksBefore] = [pace.files, pace.chunks];
    const where: WalkOptions = { excludes: root.excludes, scope: paths === undefined ? undefined : new Scope(paths) };
    if (paths === undefined) await Promise.race([this.#count(root.path, where, signal), sleep(countAtFirst)]);
    const embedded = index.counts.embedded;
    const report = await index.update({
      ...where,
      signal,
      suspects: this.#suspectsOf(root),
      turn: () => {
        this.#report.soon();
        return this.#pause.over;
      },
      onFile: () => {
        pace.files++;
      },
      onCommit: ({ chunks }) => {
        pace.chunks = chunksBefore + chunks;
        this.#report.now();
      },
    });
    pace.chunks = chunksBefore + report.chunks;
    const { indexed, removed, unreadable } = report;
    const counts = `${pace.files - filesBefore} files looked at, ${indexed} read, ${removed} gone, ${unreadable.length} not readable, ${index.counts.embedded - embedded} pieces embedded`;
    this.options.log('info', `${root.path}: ${counts}.`);
    return report.kept;
  }

  /** How many files there will be; in a large folder they are counted while the first are read. */
  async #count(root: string, where: WalkOptions, signal: AbortSignal): Promise<void> {
    const { pace } = this.#report;
    const before = pace.total ?? 0;
    let files = 0;
    try {
      const walking = walkPaths(root, { unreadable: [] }, where);
      while ((await walking.next()).done !== true) {
        if (signal.aborted) return;
        files++;
      }
    } catch {
      // The total stays unknown; reading the files will report why.
      return;
    }
    pace.total = before + files;
    this.#report.now();
  }

  #phase(): Progress['phase'] {
    if (this.#pause.isOn) return 'paused';
    if (this.#running === undefined) return this.#retries.waits ? 'waiting' : 'idle';
    return this.#report.refining === undefined ? 'indexing' : 'refining';
  }
}
