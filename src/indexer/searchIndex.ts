/**
 * One index with all its operations: update, upgrade, search, verify and repair; used by the index process and the
 * command line. Writes only after it became the writer.
 */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Grammars } from '../syntax/grammars';
import { Catalogue, CatalogueError, isDamage } from './store/catalogue';
import { contentOf, linesBetween, sourceBounds } from './chunks/content';
import type { SkipReason } from './chunks/content';
import type { EmbeddingCache } from './embedding/cache';
import { vectorModel } from '../ipc/indexer/embedder';
import type { Embedder } from '../ipc/indexer/embedder';
import { VectorSupply } from './embedding/supply';
import type { KeyedText, SupplyCounts } from './embedding/supply';
import type { SearchMode } from './ranking/fusion';
import { indexFolder } from './indexing/indexing';
import type { IndexingOptions, IndexingReport } from './indexing/indexing';
import { exampleQuestions } from './ranking/examples';
import { nearest } from './ranking/nearest';
import type { Nearest, NearestOptions } from './ranking/nearest';
import { parseQuestion } from '../ipc/indexer/query';
import type { ExampleQuestion } from '../ipc/indexer/protocol';
import { readBoundedSync } from '../common/files/boundedRead';
import type { FolderEncodings } from '../common/text/encoding/decodeText';
import { shownSlice, withoutKeys } from '../common/secrets/withoutSecrets';
import { answer, lookInto } from './ranking/search';
import type { Hit, ReadChunk, Searched } from './ranking/search';
import { Slots } from './store/slots';
import { encodingOf } from './indexing/reading';
import { upgrade } from './indexing/upgrade';
import type { UpgradeOptions, UpgradeProgress } from './indexing/upgrade';
import { removeBlock } from './vectors/blocks';
import type { VectorRows } from './vectors/blocks';
import { DenseIndex } from './vectors/denseIndex';
import type { QuestionVector, SearchedModel } from './vectors/searchedModel';
import { quantizeAll } from './vectors/quantization';
import { nonsense } from './vectors/relevance';
import type { Room } from './vectors/spare';
import { sweep } from './vectors/sweep';
import { verify } from './indexing/verification';
import { WriterLock } from './store/writerLock';

export interface SearchIndexOptions {
  /** Absolute path of the folder that is searched. */
  readonly root: string;
  /** Absolute path of the index' own folder. */
  readonly store: string;
  readonly grammars: Grammars;
  /** Shared by all indexes of the machine. */
  readonly cache?: EmbeddingCache | undefined;
  /** Embeds every chunk as it is indexed: thousands a second. */
  readonly fast?: Embedder | undefined;
  /** Embeds better, in the background: see `upgrade` and `useFull`. */
  readonly full?: Embedder | undefined;
  /** Bytes that the index may take on disk. */
  readonly budget?: number | undefined;
  /** Which vectors of the fast model are kept beside the better ones; what is usual where it is absent. */
  readonly room?: Room | undefined;
  /** Called with a sentence that says what was damaged and what was done about it. */
  readonly onTrouble?: (sentence: string) => void;
}

export interface SearchRequest {
  readonly mode?: SearchMode;
  /** How many answers at most. */
  readonly top?: number;
  readonly signal?: AbortSignal | undefined;
}

/** The answers to a question, best first, and what there is to say about the question itself. */
export type SearchIndexAnswer = ReturnType<typeof answer>;

/**
 * After this many changed chunks, and when all files are looked at, vectors that are no longer needed are looked for.
 * That goes over all vectors, so it is not done more often.
 */
const maxUnswept = 4_096;

export type UpdateOptions = Omit<IndexingOptions, 'vectorsFor' | 'encodings'>;

/** How much of the index can be found by what. */
export interface Coverage {
  readonly files: number;
  readonly chunks: number;
  /** Chunks that have a vector, by the best model that has embedded them. */
  readonly vectors: Readonly<Record<string, number>>;
}

interface Writing {
  readonly catalogue: Catalogue;
  /** Knows which vectors there are, but does not hold them. */
  readonly dense: DenseIndex;
}

/**
 * The index of a folder: one process at a time writes it, any number read it. All that is committed together is seen
 * together, and nothing that was committed is embedded again.
 */
export class SearchIndex {
  readonly #supply: VectorSupply;
  #models: readonly SearchedModel[] = [];
  #full: Embedder | undefined;
  #encodings: FolderEncodings | undefined;
  /** What models make of questions without meaning, by their names. */
  readonly #nonsense = new Map<string, readonly Int8Array[]>();
  #lock: WriterLock | undefined;
  #writing: Writing | undefined;
  #reading: Searched | undefined;
  /** Chunks that were written, and files that went, since vectors that are no longer needed were looked for. */
  #unswept = Infinity;

  constructor(private readonly options: SearchIndexOptions) {
    this.#supply = new VectorSupply(options.cache);
    this.#setFull(options.full);
  }

  /** From now on, this is the better model, or there is none. Not while the index is being written. */
  useFull(full: Embedder | undefined): void {
    if (full === this.#full) return;
    this.#close();
    this.#unswept = Infinity;
    this.#setFull(full);
  }

  /** From now on, files that are not Unicode are read by these settings. */
  useEncodings(encodings: FolderEncodings | undefined): void {
    this.#encodings = encodings;
  }

  #setFull(full: Embedder | undefined): void {
    this.#full = full;
    const embedders = [full, this.options.fast].filter((embedder) => embedder !== undefined);
    this.#models = embedders.map((embedder) => ({ name: vectorModel(embedder), dimension: embedder.dimension }));
  }

  /** Whether this object may write the index; others read it. */
  get isWriter(): boolean {
    return this.#lock !== undefined;
  }

  /** Texts that were embedded or taken from the cache since this object was made. */
  get counts(): Readonly<SupplyCounts> {
    return this.#supply.counts;
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
    try {
      return await this.#update(options);
    } catch (error) {
      if (!isDamage(error)) throw error;
      const what = error instanceof CatalogueError ? error.message : 'The database of the index is damaged.';
      this.options.onTrouble?.(`${what} The index in ${this.options.store} is made again.`);
      this.clear();
      return await this.#update({ ...options, scope: undefined });
    }
  }

  async #update(options: UpdateOptions): Promise<IndexingReport> {
    const { root, grammars, fast } = this.options;
    const { catalogue, dense } = this.#write();
    this.#dropDamagedBlocks(catalogue, dense);
    const report = await indexFolder(root, catalogue, grammars, {
      ...options,
      encodings: this.#encodings,
      vectorsFor: (texts) => this.#vectorsFor(texts, options.signal),
    });
    // An index that was made without the model, or has lost vectors.
    if (fast !== undefined)
      await upgrade(this.#parts(), fast, { signal: options.signal, turn: options.turn, encodings: this.#encodings });
    this.#unswept += report.chunks + report.removed;
    if (options.scope === undefined || this.#unswept > maxUnswept) this.#sweep();
    return report;
  }

  #sweep(): void {
    const { catalogue, dense } = this.#write();
    sweep(catalogue, dense);
    this.#unswept = 0;
  }

  /** Vectors for texts that have none: the best that the cache has, else those of the fast model. */
  async #vectorsFor(texts: readonly KeyedText[], signal: AbortSignal | undefined): Promise<VectorRows[]> {
    const { catalogue, dense } = this.#write();
    const { fast } = this.options;
    const full = this.#full;
    catalogue.snapshot(() => dense.refresh());
    const unknown = (model: Embedder): KeyedText[] => texts.filter(({ key }) => !dense.hasKey(key, vectorModel(model)));
    return [
      ...(full === undefined ? [] : this.#supply.fromCache(full, unknown(full)).rows),
      ...(fast === undefined ? [] : await this.#supply.embed(fast, unknown(fast), signal)),
    ];
  }

  /**
   * Has the better model embed what it has not yet, in the background. As the writer only.
   *
   * @throws {unknown} the signal's reason when it is aborted; what was embedded until then is committed
   */
  async upgrade(options: UpgradeOptions = {}): Promise<UpgradeProgress> {
    const full = this.#full;
    if (full === undefined) return { missing: 0, done: 0 };
    const progress = await upgrade(this.#parts(), full, { encodings: this.#encodings, ...options });
    if (progress.done > 0 || this.#unswept > maxUnswept) this.#sweep();
    return progress;
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
    const vectors =
      mode === 'lexical'
        ? new Map<string, QuestionVector>()
        : await this.#embedQuestion(parseQuestion(input).text, signal);
    const request = {
      input,
      mode,
      top,
      vectors,
      readChunk: this.readChunk(),
      wholeText: (path: string) => this.#readText(path),
    };
    return this.#read((searched) => answer(searched, request)) ?? { hits: [], remarks: [] };
  }

  /** The snippets that are nearest to a text by the fast model, for a caller that waits at most some milliseconds. */
  async nearest(text: string, options: NearestOptions): Promise<Nearest[]> {
    const { fast } = this.options;
    if (fast === undefined) return [];
    const vector = quantizeAll(await fast.embed([text], 'query'), fast.dimension);
    return (
      this.#read((searched) =>
        nearest(searched, new Map([[vectorModel(fast), { vector }]]), this.readChunk(), options),
      ) ?? []
    );
  }

  async #embedQuestion(text: string, signal: AbortSignal | undefined): Promise<Map<string, QuestionVector>> {
    const embed = async (embedder: Embedder | undefined): Promise<[string, QuestionVector][]> => {
      if (embedder === undefined) return [];
      try {
        const vector = quantizeAll(await embedder.embed([text], 'query', signal), embedder.dimension);
        return [[vectorModel(embedder), { vector, nonsense: await this.#embedNonsense(embedder) }]];
      } catch {
        signal?.throwIfAborted();
        // A model that is busy or broken leaves the other one and the words.
        return [];
      }
    };
    return new Map((await Promise.all([embed(this.#full), embed(this.options.fast)])).flat());
  }

  /** Once for each model. @returns undefined where the model is too busy: the search goes on without waiting for it */
  async #embedNonsense(embedder: Embedder): Promise<readonly Int8Array[] | undefined> {
    const model = vectorModel(embedder);
    let known = this.#nonsense.get(model);
    if (known === undefined) {
      try {
        const vectors = quantizeAll(await embedder.embed(nonsense, 'query'), embedder.dimension);
        known = nonsense.map((_, index) =>
          vectors.subarray(index * embedder.dimension, (index + 1) * embedder.dimension),
        );
        this.#nonsense.set(model, known);
      } catch {
        return undefined;
      }
    }
    return known;
  }

  coverage(): Coverage {
    const covered = this.#read(({ catalogue, dense }) =>
      catalogue.snapshot((): Coverage => {
        dense.refresh();
        const files =
          catalogue.all<{ count: number }>('SELECT count(*) AS count FROM files WHERE skipped IS NULL')[0]?.count ?? 0;
        return { files, chunks: dense.slots.live, vectors: Object.fromEntries(dense.coverage()) };
      }),
    );
    return covered ?? { files: 0, chunks: 0, vectors: {} };
  }

  /** Files that are not searched, at most `limit` of them, those first that a person may have written. */
  skipped(limit: number): { total: number; files: { path: string; reason: SkipReason }[] } {
    const found = this.#read(({ catalogue }) => ({
      total:
        catalogue.all<{ count: number }>('SELECT count(*) AS count FROM files WHERE skipped IS NOT NULL')[0]?.count ??
        0,
      files: catalogue.all<{ path: string; reason: SkipReason }>(
        "SELECT path, skipped AS reason FROM files WHERE skipped IS NOT NULL ORDER BY skipped = 'binary', skipped, path LIMIT ?",
        limit,
      ),
    }));
    return found ?? { total: 0, files: [] };
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
    this.#stopReading();
    if (problem === undefined) return;
    this.options.onTrouble?.(`${problem} The index in ${this.options.store} is made again.`);
    this.clear();
  }

  /** Forgets the index; the next update makes it again, with the vectors that the cache has. As the writer only. */
  clear(): void {
    this.#checkLock();
    this.#close();
    Catalogue.remove(this.options.store);
  }

  /** Bytes on disk. */
  size(): number {
    try {
      return readdirSync(this.options.store).reduce(
        (sum, name) => sum + statSync(join(this.options.store, name)).size,
        0,
      );
    } catch {
      return 0;
    }
  }

  /** Reads chunks from the files as they are now, each file once. */
  readChunk(): ReadChunk {
    const texts = new Map<string, string | undefined>();
    return (path, start, end) => {
      if (!texts.has(path)) texts.set(path, this.#readText(path));
      const text = texts.get(path);
      return text === undefined ? undefined : shownSlice(text, start, end, path);
    };
  }

  /** Reads lines of files as they are now, each file once. They count from 1, both included; undefined where the file is gone. */
  readLines(): (path: string, from: number, to: number) => string[] | undefined {
    const texts = new Map<string, string | undefined>();
    return (path, from, to) => {
      // Most of a file is not shown, and is neither looked through for secrets nor taken apart.
      if (!texts.has(path)) texts.set(path, this.#readText(path));
      const text = texts.get(path);
      return text === undefined ? undefined : shownSlice(text, ...linesBetween(text, from, to), path).split('\n');
    };
  }

  close(): void {
    this.#close();
    this.#lock?.release();
    this.#lock = undefined;
  }

  /** Without private keys, which no part of a text shows by itself. */
  #readText(path: string): string | undefined {
    try {
      const read = readBoundedSync(join(this.options.root, path), sourceBounds(path));
      const content = contentOf(read, path, encodingOf(path, this.#encodings));
      return 'text' in content ? withoutKeys(content.text) : undefined;
    } catch {
      // It was there when it was indexed.
      return undefined;
    }
  }

  #parts() {
    return { ...this.#write(), supply: this.#supply, root: this.options.root };
  }

  #checkLock(): void {
    if (!this.isWriter) throw new Error('Another process writes the index.');
  }

  #write(): Writing {
    this.#checkLock();
    if (this.#writing === undefined) {
      const { catalogue, remade } = Catalogue.openForWriting(this.options.store, this.options.budget);
      if (remade)
        this.options.onTrouble?.(`The old index in ${this.options.store} could not be kept; a new one is made.`);
      this.#writing = {
        catalogue,
        dense: new DenseIndex(catalogue, new Slots(catalogue), this.#models, {
          hold: 'known',
          room: this.options.room,
        }),
      };
    }
    return this.#writing;
  }

  /** @returns undefined where there is no index */
  #read<Result>(work: (searched: Searched) => Result): Result | undefined {
    try {
      // The writer may have made the index again since: then the file is another one.
      if (this.#reading?.catalogue.isReplaced() === true) this.#stopReading();
      this.#reading ??= lookInto(Catalogue.openForReading(this.options.store), this.#models, this.options.room);
      return work(this.#reading);
    } catch (error) {
      if (error instanceof CatalogueError && error.code === 'missing') return undefined;
      if (!isDamage(error) || error instanceof CatalogueError) throw error;
      throw new CatalogueError('damaged', 'The index is damaged.');
    } finally {
      if (this.#reading?.catalogue.isReadOnly === true) this.#stopReading();
    }
  }

  #dropDamagedBlocks(catalogue: Catalogue, dense: DenseIndex): void {
    catalogue.snapshot(() => dense.refresh());
    if (dense.damaged.size === 0) return;
    this.options.onTrouble?.(
      `Vectors of the index in ${this.options.store} are damaged (block ${[...dense.damaged].join(', ')}); they are made again.`,
    );
    catalogue.transaction(() => dense.damaged.forEach((id) => removeBlock(catalogue, id)));
    dense.damaged.clear();
  }

  #stopReading(): void {
    this.#reading?.dense.close();
    this.#reading?.catalogue.close();
    this.#reading = undefined;
  }

  #close(): void {
    this.#stopReading();
    this.#writing?.catalogue.close();
    this.#writing = undefined;
  }
}
