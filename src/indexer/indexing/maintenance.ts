/**
 * Writes one index: brings it up to date, has the better model embed what it has not, and throws away what no longer counts.
 * Used by `searchIndex.ts`, as the only writer; answers no question.
 */
import { vectorModel } from '../../ipc/indexer/embedder';
import type { Embedder } from '../../ipc/indexer/embedder';
import type { FolderEncodings } from '../../common/text/encoding/decodeText';
import { VectorSupply } from '../embedding/supply';
import type { KeyedText, SupplyCounts } from '../embedding/supply';
import type { SearchIndexOptions } from './searchIndexOptions';
import { Catalogue } from '../store/catalogue';
import { Slots } from '../store/slots';
import { removeBlock } from '../vectors/blocks';
import type { VectorRows } from '../vectors/blocks';
import { DenseIndex } from '../vectors/denseIndex';
import type { SearchedModel } from '../vectors/searchedModel';
import { sweep } from '../vectors/sweep';
import { indexFolder } from './indexing';
import type { IndexingOptions, IndexingReport } from './indexing';
import { upgrade } from './upgrade';
import type { UpgradeOptions, UpgradeProgress } from './upgrade';

/**
 * After this many changed chunks, and when all files are looked at, vectors that are no longer needed are looked for.
 * That goes over all vectors, so it is not done more often.
 */
const maxUnswept = 4_096;

export type UpdateOptions = Omit<IndexingOptions, 'vectorsFor' | 'encodings'>;

/** What is written with. */
export interface WritingTools {
  /** The better model, where there is one. */
  readonly full: Embedder | undefined;
  /** Those whose vectors the index has, the best first. */
  readonly models: readonly SearchedModel[];
  readonly encodings: FolderEncodings | undefined;
}

interface Writing {
  readonly catalogue: Catalogue;
  /** Knows which vectors there are, but does not hold them. */
  readonly dense: DenseIndex;
}

/** Nothing that was committed is embedded again; all that is committed together is seen together. */
export class IndexMaintenance {
  readonly #supply: VectorSupply;
  #writing: Writing | undefined;
  /** Chunks that were written, and files that went, since vectors that are no longer needed were looked for. */
  #unswept = Infinity;

  /** @param tools asked whenever the index is opened or written; the models stay the same until it is closed */
  constructor(
    private readonly options: SearchIndexOptions,
    private readonly tools: () => WritingTools,
  ) {
    this.#supply = new VectorSupply(options.cache);
  }

  /** Texts that were embedded or taken from the cache since this object was made. */
  get counts(): Readonly<SupplyCounts> {
    return this.#supply.counts;
  }

  /** Other models may be used from the next time on. */
  close(): void {
    this.#writing?.catalogue.close();
    this.#writing = undefined;
    this.#unswept = Infinity;
  }

  /** @throws {unknown} the signal's reason when it is aborted, and what says that the index is damaged (see `isDamage`) */
  async update(options: UpdateOptions): Promise<IndexingReport> {
    const { root, grammars, fast } = this.options;
    const { encodings } = this.tools();
    const { catalogue, dense } = this.#open();
    this.#dropDamagedBlocks(catalogue, dense);
    const report = await indexFolder(root, catalogue, grammars, {
      ...options,
      encodings,
      vectorsFor: (texts) => this.#vectorsFor(texts, options.signal),
    });
    // An index that was made without the model, or has lost vectors.
    if (fast !== undefined)
      await upgrade(this.#parts(), fast, { signal: options.signal, turn: options.turn, encodings });
    this.#unswept += report.chunks + report.removed;
    if (options.scope === undefined || this.#unswept > maxUnswept) this.#sweep();
    return report;
  }

  /** @throws {unknown} the signal's reason when it is aborted */
  async upgrade(full: Embedder, options: UpgradeOptions): Promise<UpgradeProgress> {
    const progress = await upgrade(this.#parts(), full, { encodings: this.tools().encodings, ...options });
    if (progress.done > 0 || this.#unswept > maxUnswept) this.#sweep();
    return progress;
  }

  /** Vectors for texts that have none: the best that the cache has, else those of the fast model. */
  async #vectorsFor(texts: readonly KeyedText[], signal: AbortSignal | undefined): Promise<VectorRows[]> {
    const { catalogue, dense } = this.#open();
    const { fast } = this.options;
    const { full } = this.tools();
    catalogue.snapshot(() => dense.refresh());
    const unknown = (model: Embedder): KeyedText[] => texts.filter(({ key }) => !dense.hasKey(key, vectorModel(model)));
    return [
      ...(full === undefined ? [] : this.#supply.fromCache(full, unknown(full)).rows),
      ...(fast === undefined ? [] : await this.#supply.embed(fast, unknown(fast), signal)),
    ];
  }

  #sweep(): void {
    const { catalogue, dense } = this.#open();
    sweep(catalogue, dense);
    this.#unswept = 0;
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

  #parts() {
    return { ...this.#open(), supply: this.#supply, root: this.options.root };
  }

  #open(): Writing {
    if (this.#writing !== undefined) return this.#writing;
    const { store, budget, room } = this.options;
    const { catalogue, remade } = Catalogue.openForWriting(store, budget);
    if (remade) this.options.onTrouble?.(`The old index in ${store} could not be kept; a new one is made.`);
    const dense = new DenseIndex(catalogue, new Slots(catalogue), this.tools().models, { hold: 'known', room });
    return (this.#writing = { catalogue, dense });
  }
}
