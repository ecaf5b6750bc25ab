/**
 * Keeps the indexes of all roots up to date in the writer thread: updates, upgrades, retries and progress; created by
 * `main.ts`, commanded by the index server.
 */
import { stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Embedder } from '../../ipc/indexer/embedder';
import { Scope } from '../../common/files/scope';
import type { SearchIndex } from '../searchIndex';
import { walkPaths } from '../../common/files/walk';
import type { WalkOptions } from '../../common/files/walk';
import { IndexError } from '../../ipc/indexer/errors';
import type { IndexLocation } from './models';
import { IndexingPace } from './pace';
import { Retries } from './retries';
import type { EncoderFacts, Progress, Root } from '../../ipc/indexer/protocol';
import { sqliteCode } from '../store/journal';
import { Suspects } from '../indexing/suspects';
import { errorMessage } from '../../common/errorMessage';

export interface StoredRoot extends Root {
  /** Absolute path of the index' own folder. */
  readonly store: string;
}

export type WriterCommand =
  | { readonly kind: 'roots'; readonly roots: readonly StoredRoot[] }
  | { readonly kind: 'changed'; readonly root: string; readonly paths?: readonly string[] }
  | { readonly kind: 'repair'; readonly root: string }
  | { readonly kind: 'encoder'; readonly encoder: EncoderFacts | undefined; readonly rests: boolean }
  | { readonly kind: 'used'; readonly root: string; readonly path: string }
  | { readonly kind: 'pause' | 'resume' | 'cancel' | 'rebuild' | 'clear' };

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

interface Writing {
  readonly root: StoredRoot;
  readonly index: SearchIndex;
}

interface Job {
  readonly root: string;
  /** Files and folders to look at; everything where it is absent. */
  readonly paths?: ReadonlySet<string>;
}

/** SQLite's error codes for a full disk and for what may only be read. */
const [full, readOnly] = [13, 8];
/** More changes at once are a checkout: the whole root is looked at, which costs less than the list. */
const maxPaths = 2_000;
/** Milliseconds that counting files may take before the first is read: the user may be waiting for first results. */
const countAtFirst = 100;
/** Milliseconds between two reports. */
const reportEvery = 250;
/** Files whose texts the encoder embeds first. */
const maxRecentFiles = 100;
const ruleFile = /(?:^|\/)\.(?:gitignore|glassboxignore)$/;

/** Keeps the indexes of some roots up to date, one after the other, while no other process does. */
export class IndexWriter {
  readonly #roots = new Map<string, Writing>();
  /** By the path of the root, once it was written. */
  readonly #suspects = new Map<string, Suspects>();
  /** Roots whose index was found to be damaged when it was asked. */
  readonly #damaged = new Set<string>();
  #jobs: Job[] = [];
  #running: Promise<void> | undefined;
  #stop = new AbortController();
  /** Set while indexing is paused; a run that waits is woken by `end`, also to find out that it is to end. */
  #paused: { readonly over: Promise<void>; readonly end: () => void } | undefined;
  #pace = new IndexingPace(0);
  readonly #retries: Retries;
  /** Why the encoder embeds nothing, one sentence. */
  #encoderTrouble: string | undefined;
  #retryEncoder: NodeJS.Timeout | undefined;
  #encoder: Embedder | undefined;
  /** Whether the encoder embeds nothing in the background for now, and how much is left by that. */
  #rests = false;
  #held = 0;
  /** How far the encoder is, while it embeds. */
  #refining: IndexingPace | undefined;
  /** Whether what the encoder is to do has changed since it began. */
  #isOutdated = false;
  #nextReport = 0;

  constructor(private readonly options: WriterOptions) {
    this.#retries = new Retries((root) => this.#add({ root }), options.retryMs ?? 2_000);
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
        this.#encoder = command.encoder && this.options.encoder(command.encoder);
        this.#rests = command.rests;
        this.#isOutdated = true;
        if (this.#roots.size > 0) this.#go();
        return;
      case 'used':
        this.#use(command);
        return;
      case 'pause':
        this.#pause();
        return;
      case 'resume':
        this.#resume();
        return;
      case 'cancel':
        this.#jobs = [];
        await this.#halt();
        this.#report();
        return;
      case 'rebuild':
        await this.#remove();
        this.#addAll();
        return;
      case 'clear':
        await this.#remove();
        this.#report();
    }
  }

  async #setRoots(roots: readonly StoredRoot[]): Promise<void> {
    await this.#halt();
    const wanted = new Map(roots.map((root) => [root.path, root]));
    for (const [path, writing] of this.#roots) {
      if (!wanted.has(path)) this.#close(writing);
      const root = wanted.get(path);
      if (root === undefined) this.#roots.delete(path);
      else this.#roots.set(path, { ...writing, root });
    }
    for (const root of roots)
      if (!this.#roots.has(root.path))
        this.#roots.set(root.path, { root, index: this.options.open({ root: root.path, store: root.store }) });
    this.#jobs = [];
    this.#addAll();
  }

  #addAll(): void {
    for (const { root } of this.#roots.values()) {
      if (root.first.length > 0) this.#jobs.push({ root: root.path, paths: new Set(root.first) });
    }
    for (const root of this.#roots.keys()) this.#jobs.push({ root });
    this.#go();
  }

  /** Opened files are likely to be searched: the encoder embeds them first. */
  #use({ root: path, path: file }: Extract<WriterCommand, { kind: 'used' }>): void {
    const writing = this.#roots.get(path);
    if (writing === undefined || writing.root.first[0] === file) return;
    const first = [file, ...writing.root.first.filter((other) => other !== file)].slice(0, maxRecentFiles);
    this.#roots.set(path, { ...writing, root: { ...writing.root, first } });
    this.#isOutdated = true;
  }

  /** What is looked at anyway is not looked at twice. */
  #add(job: Job): void {
    const same = this.#jobs.findIndex(({ root }) => root === job.root);
    const before = this.#jobs[same];
    if (before === undefined) this.#jobs.push(job);
    else if (before.paths !== undefined)
      this.#jobs[same] = job.paths === undefined ? job : { ...job, paths: new Set([...before.paths, ...job.paths]) };
    this.#go();
  }

  #pause(): void {
    if (this.#paused !== undefined) return;
    this.#paused = pauseOf();
    for (const pace of [this.#pace, this.#refining]) pace?.pause(performance.now());
    this.#report();
  }

  #resume(): void {
    this.#paused?.end();
    this.#paused = undefined;
    for (const pace of [this.#pace, this.#refining]) pace?.resume(performance.now());
    this.#report();
  }

  /** Ends the run; what was read is committed. A pause goes on for the next one. */
  async #halt(): Promise<void> {
    this.#stop.abort();
    this.#paused?.end();
    await this.#running;
    this.#stop = new AbortController();
    if (this.#paused !== undefined) this.#paused = pauseOf();
  }

  async #remove(): Promise<void> {
    this.#jobs = [];
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

  #close({ root, index }: Writing): void {
    index.close();
    this.#retries.forget(root.path);
    this.#suspects.get(root.path)?.close();
    this.#suspects.delete(root.path);
  }

  #go(): void {
    // A run that fails unexpectedly reports nothing: the rejection, which is not caught, ends the process.
    this.#running ??= this.#run().then(() => {
      this.#running = undefined;
      this.#report();
    });
  }

  async #run(): Promise<void> {
    // The command that led here is answered before the work begins.
    await new Promise(setImmediate);
    this.#pace = new IndexingPace(performance.now());
    if (this.#paused !== undefined) this.#pace.pause(performance.now());
    do {
      for (let job = this.#jobs.shift(); job !== undefined && !this.#stop.signal.aborted; job = this.#jobs.shift()) {
        const writing = this.#roots.get(job.root);
        if (writing !== undefined) await this.#work(writing, job);
      }
      // Files come before vectors: what has changed meanwhile has its turn at once.
    } while (await this.#refineAll());
  }

  /** Has the encoder embed what it has not yet. @returns whether there is something to do again */
  async #refineAll(): Promise<boolean> {
    const { signal } = this.#stop;
    this.#isOutdated = false;
    this.#held = 0;
    this.#encoderTrouble = undefined;
    clearTimeout(this.#retryEncoder);
    for (const writing of this.#roots.values()) {
      writing.index.useFull(this.#encoder);
      if (this.#encoder === undefined || !writing.index.isWriter || signal.aborted) continue;
      try {
        await this.#refine(writing, signal);
      } catch (error) {
        if (this.#stop.signal.aborted) return false;
        this.#encoderTrouble = `The encoder does not answer, and meanings are compared without it: ${errorMessage(error)}`;
        this.options.log('warn', this.#encoderTrouble);
        this.#retryEncoder = setTimeout(() => this.#go(), this.options.retryEncoderMs ?? 60_000);
        this.#retryEncoder.unref();
        return false;
      } finally {
        this.#refining = undefined;
      }
      if (this.#hasChanged()) return true;
    }
    return this.#hasChanged();
  }

  #hasChanged(): boolean {
    return !this.#stop.signal.aborted && (this.#jobs.length > 0 || this.#isOutdated);
  }

  async #refine({ root, index }: Writing, signal: AbortSignal): Promise<void> {
    const pace = new IndexingPace(performance.now());
    const { missing, done, failure } = await index.upgrade({
      recent: root.first,
      signal,
      enough: () => this.#rests || this.#hasChanged(),
      turn: () => {
        this.#reportSoon();
        return this.#paused?.over;
      },
      onProgress: (progress) => {
        [pace.total, pace.files, pace.chunks] = [progress.missing, progress.done, progress.done];
        if (progress.missing > 0 && !this.#rests) this.#refining = pace;
        this.#report();
      },
    });
    if (this.#rests) this.#held += missing - done;
    if (done > 0 || failure !== undefined)
      this.options.log(
        'info',
        `${root.path}: ${done} of ${missing} pieces embedded by the encoder${failure === undefined ? '' : `, which failed at some: ${failure}`}.`,
      );
  }

  /** Reports what goes wrong with a root and tries it again later; the other roots do not notice. */
  async #work(writing: Writing, job: Job): Promise<void> {
    const { path } = writing.root;
    try {
      if (!writing.index.becomeWriter()) {
        this.#retries.wait(path);
        return;
      }
      // Where the folder is gone for a while, as a drive that is not there, its index is kept.
      await stat(path);
      writing.index.useFull(this.#encoder);
      writing.index.useEncodings(writing.root.encodings);
      if (this.#damaged.delete(path)) writing.index.repair();
      const kept = await this.#update(writing, this.#retries.has(path) ? undefined : job.paths);
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
  async #update({ root, index }: Writing, paths: ReadonlySet<string> | undefined): Promise<number> {
    const { signal } = this.#stop;
    const [filesBefore, chunksBefore] = [this.#pace.files, this.#pace.chunks];
    const where: WalkOptions = { excludes: root.excludes, scope: paths === undefined ? undefined : new Scope(paths) };
    if (paths === undefined) await Promise.race([this.#count(root.path, where, signal), sleep(countAtFirst)]);
    const embedded = index.counts.embedded;
    const report = await index.update({
      ...where,
      signal,
      suspects: this.#suspectsOf(root),
      turn: () => {
        this.#reportSoon();
        return this.#paused?.over;
      },
      onFile: () => {
        this.#pace.files++;
      },
      onCommit: ({ chunks }) => {
        this.#pace.chunks = chunksBefore + chunks;
        this.#report();
      },
    });
    this.#pace.chunks = chunksBefore + report.chunks;
    const { indexed, removed, unreadable } = report;
    const counts = `${this.#pace.files - filesBefore} files looked at, ${indexed} read, ${removed} gone, ${unreadable.length} not readable, ${index.counts.embedded - embedded} pieces embedded`;
    this.options.log('info', `${root.path}: ${counts}.`);
    return report.kept;
  }

  /** How many files there will be; in a large folder they are counted while the first are read. */
  async #count(root: string, where: WalkOptions, signal: AbortSignal): Promise<void> {
    const pace = this.#pace;
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
    this.#report();
  }

  #phase(): Progress['phase'] {
    if (this.#paused !== undefined) return 'paused';
    if (this.#running === undefined) return this.#retries.waits ? 'waiting' : 'idle';
    return this.#refining === undefined ? 'indexing' : 'refining';
  }

  #reportSoon(): void {
    if (performance.now() >= this.#nextReport) this.#report();
  }

  #report(): void {
    const now = performance.now();
    this.#nextReport = now + reportEvery;
    const { files, total, chunks } = this.#pace;
    const refining = this.#refining;
    const pace = refining ?? this.#pace;
    const secondsLeft = pace.secondsLeft(now);
    const trouble = this.#retries.trouble ?? this.#encoderTrouble;
    this.options.onProgress({
      phase: this.#phase(),
      files,
      ...(total === undefined ? {} : { total: Math.max(total, files) }),
      chunks,
      chunksPerSecond: pace.chunksPerSecond(now),
      ...(secondsLeft === undefined ? {} : { secondsLeft }),
      ...(refining === undefined ? {} : { refined: { done: refining.files, total: refining.total ?? 0 } }),
      ...(this.#held === 0 ? {} : { held: this.#held }),
      ...(trouble === undefined ? {} : { trouble }),
    });
  }
}

function pauseOf(): { readonly over: Promise<void>; readonly end: () => void } {
  let end: () => void = () => undefined;
  const over = new Promise<void>((resolve) => (end = resolve));
  return { over, end };
}

function jobFor({ root, paths }: Extract<WriterCommand, { kind: 'changed' }>): Job {
  // Other rules may let in or leave out anything.
  const everything = paths === undefined || paths.length > maxPaths || paths.some((path) => ruleFile.test(path));
  return everything ? { root } : { root, paths: new Set(paths) };
}

function sentenceFor(error: unknown, root: string): string {
  const system = error instanceof Error && 'code' in error ? String(error.code) : '';
  const sqlite = sqliteCode(error);
  if (sqlite === full || system === 'ENOSPC' || system === 'EDQUOT')
    return `There is no room left for the index of ${root}; what was indexed before is kept.`;
  if (sqlite === readOnly || system === 'EROFS' || system === 'EACCES')
    return `The index of ${root} cannot be written, its folder is read-only; what was indexed before is searched.`;
  if (system === 'ENOENT') return `${root} is not there; its index is kept as it was.`;
  return `${root} could not be indexed: ${errorMessage(error)}.`;
}
