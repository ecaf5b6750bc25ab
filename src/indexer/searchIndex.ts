/**
 * One index with all its operations: update, upgrade, search, verify and repair; used by the index process and the
 * command line. Writes only after it became the writer.
 */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { FolderEncodings } from '../common/text/encoding/decodeText';
import { vectorModel } from '../ipc/indexer/embedder';
import type { Embedder } from '../ipc/indexer/embedder';
import type { ExampleQuestion } from '../ipc/indexer/protocol';
import { parseQuestion } from '../ipc/indexer/query';
import { Sources } from './chunks/sources';
import type { ReadChunk, ReadLines } from './chunks/sources';
import { QuestionEmbedder } from './embedding/questions';
import type { SupplyCounts } from './embedding/supply';
import { coverageOf, skippedIn } from './indexing/contents';
import type { Coverage, SkippedInIndex } from './indexing/contents';
import type { IndexingReport } from './indexing/indexing';
import { IndexMaintenance } from './indexing/maintenance';
import type { UpdateOptions } from './indexing/maintenance';
import type { UpgradeOptions, UpgradeProgress } from './indexing/upgrade';
import { verify } from './indexing/verification';
import { exampleQuestions } from './ranking/examples';
import type { SearchMode } from './ranking/fusion';
import type { Hit } from './ranking/hits';
import { nearest } from './ranking/nearest';
import type { Nearest, NearestOptions } from './ranking/nearest';
import { IndexReader } from './ranking/indexReader';
import { answer, compareWords } from './ranking/search';
import type { Searched } from './ranking/searched';
import type { SearchIndexOptions } from './indexing/searchIndexOptions';
import { Catalogue, CatalogueError, isDamage } from './store/catalogue';
import { WriterLock } from './store/writerLock';
import { quantizeAll } from './vectors/quantization';
import type { QuestionVector } from './vectors/searchedModel';

export interface SearchRequest {
  readonly mode?: SearchMode;
  /** How many answers at most. */
  readonly top?: number;
  readonly signal?: AbortSignal | undefined;
}

/** The answers to a question, best first, and what there is to say about the question itself. */
export type SearchIndexAnswer = ReturnType<typeof answer>;

/**
 * The index of a folder: one process at a time writes it, any number read it. All that is committed together is seen
 * together, and nothing that was committed is embedded again.
 */
export class SearchIndex {
  readonly #sources: Sources;
  readonly #questions = new QuestionEmbedder();
  readonly #reader: IndexReader;
  readonly #maintenance: IndexMaintenance;
  #full: Embedder | undefined;
  #lock: WriterLock | undefined;

  constructor(private readonly options: SearchIndexOptions) {
    const { root, store, room, full } = options;
    this.#sources = new Sources(root);
    this.#reader = new IndexReader(store, room);
    this.#full = full;
    this.#maintenance = new IndexMaintenance(options, () => ({
      full: this.#full,
      models: this.#models(),
      encodings: this.#sources.encodings,
    }));
  }

  /** From now on, this is the better model, or there is none. Not while the index is being written. */
  useFull(full: Embedder | undefined): void {
    if (full === this.#full) return;
    this.#close();
    this.#full = full;
  }

  /** From now on, files that are not Unicode are read by these settings. */
  useEncodings(encodings: FolderEncodings | undefined): void {
    this.#sources.encodings = encodings;
  }

  /** Whether this object may write the index; others read it. */
  get isWriter(): boolean {
    return this.#lock !== undefined;
  }

  /** Texts that were embedded or taken from the cache since this object was made. */
  get counts(): Readonly<SupplyCounts> {
    return this.#maintenance.counts;
  }

  /** Becomes the writer unless another process is. @returns whether this one is the writer now */
  becomeWriter(): boolean {
    this.#lock ??= WriterLock.take(this.options.store);
    return this.isWriter;
  }

  /**
   * Brings the index up to date. As the writer only. A damaged index is made again, with the vectors that the cache has.
   *
   * @throws {unknown} the signal's reason when it is aborted; what was read until then is committed
   */
  async update(options: UpdateOptions = {}): Promise<IndexingReport> {
    this.#checkLock();
    try {
      return await this.#maintenance.update(options);
    } catch (error) {
      if (!isDamage(error)) throw error;
      this.#remake(error instanceof CatalogueError ? error.message : 'The database of the index is damaged.');
      return await this.#maintenance.update({ ...options, scope: undefined });
    }
  }

  /**
   * Has the better model embed what it has not yet, in the background. As the writer only.
   *
   * @throws {unknown} the signal's reason when it is aborted; what was embedded until then is committed
   */
  async upgrade(options: UpgradeOptions = {}): Promise<UpgradeProgress> {
    if (this.#full === undefined) return { missing: 0, done: 0 };
    this.#checkLock();
    return this.#maintenance.upgrade(this.#full, options);
  }

  /**
   * The best answers to a question as a person types it (see `parseQuestion`), best first; none where there is no index yet.
   *
   * @throws {CatalogueError} where the index is damaged: an update makes it again
   */
  async search(input: string, request: SearchRequest = {}): Promise<Hit[]> {
    return (await this.answer(input, request)).hits;
  }

  /** The same with what there is to say about the question itself. @throws {CatalogueError} where the index is damaged */
  async answer(input: string, { mode = 'hybrid', top = 10, signal }: SearchRequest = {}): Promise<SearchIndexAnswer> {
    const vectors = mode === 'lexical' ? new Map<string, QuestionVector>() : await this.#embed(input, signal);
    const request = { input, mode, top, vectors, readChunk: this.readChunk(), wholeText: this.#sources.text };
    return this.#read((searched) => answer(searched, request)) ?? { hits: [], remarks: [] };
  }

  /** The vectors of a question. Its words are compared while other processes make them. */
  async #embed(input: string, signal: AbortSignal | undefined): Promise<Map<string, QuestionVector>> {
    const vectors = this.#questions.embed(parseQuestion(input).text, this.#embedders(), signal);
    const [found] = await Promise.all([
      vectors,
      Promise.resolve().then(() => this.#read((searched) => compareWords(searched, input))),
    ]);
    return found;
  }

  /** The snippets that are nearest to a text by the fast model, for a caller that waits at most some milliseconds. */
  async nearest(text: string, options: NearestOptions): Promise<Nearest[]> {
    const { fast } = this.options;
    if (fast === undefined) return [];
    const vector = quantizeAll(await fast.embed([text], 'query'), fast.dimension);
    const vectors = new Map([[vectorModel(fast), { vector }]]);
    return this.#read((searched) => nearest(searched, vectors, this.readChunk(), options)) ?? [];
  }

  coverage(): Coverage {
    return this.#read(coverageOf) ?? { files: 0, chunks: 0, vectors: {} };
  }

  /** Files that are not searched, at most `limit` of them, those first that a person may have written. */
  skipped(limit: number): SkippedInIndex {
    return this.#read(({ catalogue }) => skippedIn(catalogue, limit)) ?? { total: 0, files: [] };
  }

  /** What could be asked of this index, see {@link exampleQuestions}. */
  examples(): ExampleQuestion[] {
    return this.#read(({ catalogue }) => exampleQuestions(catalogue, this.readChunk())) ?? [];
  }

  /** Reads the whole index and says what does not fit together, a sentence each; nothing where all is well. */
  verify(): string[] {
    try {
      return this.#read(({ catalogue }) => verify(catalogue)) ?? [];
    } catch (error) {
      if (!(error instanceof CatalogueError)) throw error;
      return [error.message];
    }
  }

  /** Whether there is an index, in whatever state. */
  exists(): boolean {
    return Catalogue.exists(this.options.store);
  }

  /** Throws the index away where what it holds does not fit together. As the writer only. */
  repair(): void {
    const [problem] = this.verify();
    this.#reader.close();
    if (problem !== undefined) this.#remake(problem);
  }

  /** Forgets the index; the next update makes it again, with the vectors that the cache has. As the writer only. */
  clear(): void {
    this.#checkLock();
    this.#close();
    Catalogue.remove(this.options.store);
  }

  /** Bytes on disk. */
  size(): number {
    const { store } = this.options;
    try {
      return readdirSync(store).reduce((sum, name) => sum + statSync(join(store, name)).size, 0);
    } catch {
      return 0;
    }
  }

  /** Reads chunks from the files as they are now, each file once. */
  readChunk(): ReadChunk {
    return this.#sources.chunks();
  }

  /** Reads lines of files as they are now, each file once. They count from 1, both included; undefined where the file is gone. */
  readLines(): ReadLines {
    return this.#sources.lines();
  }

  close(): void {
    this.#close();
    this.#lock?.release();
    this.#lock = undefined;
  }

  #remake(what: string): void {
    this.options.onTrouble?.(`${what} The index in ${this.options.store} is made again.`);
    this.clear();
  }

  /** The best first. */
  #embedders(): Embedder[] {
    return [this.#full, this.options.fast].filter((embedder) => embedder !== undefined);
  }

  #models() {
    return this.#embedders().map((embedder) => ({ name: vectorModel(embedder), dimension: embedder.dimension }));
  }

  /** @returns undefined where there is no index */
  #read<Result>(work: (searched: Searched) => Result): Result | undefined {
    return this.#reader.read(this.#models(), work);
  }

  #checkLock(): void {
    if (!this.isWriter) throw new Error('Another process writes the index.');
  }

  #close(): void {
    this.#reader.close();
    this.#maintenance.close();
  }
}
