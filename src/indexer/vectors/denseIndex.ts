/**
 * The vectors of an index in memory, for every model, refreshed from the blocks in the database; used by search,
 * upgrade and sweep. A writer keeps only which vectors exist.
 */
import { numbersOf, release } from '../store/bytes';
import type { Catalogue } from '../store/catalogue';
import type { Slots } from '../store/slots';
import { isWhole, readBlock } from './blocks';
import type { BlockRow } from './blocks';
import { keyWords } from '../store/keyTable';
import { comparable } from './comparable';
import { JointScores } from './denseScores';
import type { DenseScores } from './denseScores';
import { ModelVectors } from './modelVectors';
import { Remainder } from './remainder';
import type { QuestionVector, SearchedModel } from './searchedModel';
import { secondThread } from './secondThread';
import { defaultRoom } from './spare';
import type { Room } from './spare';

/** How many times as many vectors as the index has are held at most, but for some thousand. */
const maxHeldRatio = 1.25;

export interface DenseOptions {
  /** `known`: only which vectors there are is kept, and of all of them, which is what a writer needs to know. */
  readonly hold?: 'vectors' | 'known';
  readonly room?: Room | undefined;
}

/** The vectors of an index, in memory: of each text that of the best model that has embedded it, others where there is room. */
export class DenseIndex {
  /** Blocks whose bytes are not those that were written: their vectors are missing. */
  readonly damaged = new Set<number>();
  /** How long the last comparison took. */
  expectedMilliseconds = 0;
  readonly #hold: 'vectors' | 'known';
  readonly #room: Room;
  #models: ModelVectors[];
  /** What still counts of the vectors of lesser models. */
  readonly #remainders = new Map<ModelVectors, Remainder>();
  #keys: Slots['keys'];
  /** Whether texts that the best model has embedded need no other vector. */
  #spares = false;

  /**
   * @param slots of the same catalogue
   * @param models the best first
   */
  constructor(
    private readonly catalogue: Catalogue,
    readonly slots: Slots,
    readonly models: readonly SearchedModel[],
    { hold = 'vectors', room = defaultRoom }: DenseOptions = {},
  ) {
    this.#hold = hold;
    this.#room = room;
    this.#models = models.map((model) => this.#empty(model));
    this.#keys = slots.keys;
  }

  #empty(model: SearchedModel): ModelVectors {
    return new ModelVectors(model, this.#hold);
  }

  /** Gives back the room of all vectors. Not to be used from now on. */
  close(): void {
    for (const vectors of this.#models) this.#clear(vectors);
  }

  #clear(vectors: ModelVectors): void {
    vectors.shelves.clear();
    this.#remainders.get(vectors)?.clear();
    this.#remainders.delete(vectors);
  }

  /** Reads what has changed since the last time. Within a snapshot. */
  refresh(): void {
    if (this.slots.refresh()) this.#expireRemainders();
    if (this.#keys !== this.slots.keys) {
      this.close();
      this.#models = this.models.map((model) => this.#empty(model));
      this.#keys = this.slots.keys;
    }
    this.#decideWhatToSpare();
    const present = this.catalogue.all<Pick<BlockRow, 'id' | 'model' | 'count'>>(
      'SELECT id, model, count FROM blocks ORDER BY id',
    );
    for (const [index, model] of this.models.entries()) {
      const own = present.filter((block) => block.model === model.name);
      const needed = own.reduce((sum, { count }) => sum + count, 0);
      // What was swept from the index stays in memory until it is too much.
      if (this.#of(index).size > maxHeldRatio * needed + (1 << 12)) {
        this.#clear(this.#of(index));
        this.#models[index] = this.#empty(model);
      }
      const vectors = this.#of(index);
      for (const { id } of own) if (!vectors.blocks.has(id)) this.#read(vectors, id);
    }
  }

  #of(index: number): ModelVectors {
    return this.#models[index] as ModelVectors;
  }

  #expireRemainders(): void {
    for (const remainder of this.#remainders.values()) remainder.expire();
  }

  #read(vectors: ModelVectors, id: number): void {
    vectors.blocks.add(id);
    this.#expireRemainders();
    const block = readBlock(this.catalogue, id);
    if (block === undefined) return;
    const { dimension, name } = vectors.model;
    if (!isWhole(block) || block.data.length !== block.count * dimension) {
      this.damaged.add(id);
      return;
    }
    const words = numbersOf(block.keys);
    const rows = new Int8Array(block.data.buffer, block.data.byteOffset, block.data.byteLength);
    for (let index = 0; index < block.count; index++) {
      const text = this.#keys.add(words, index * keyWords);
      if (vectors.has(text) || (this.#hold === 'vectors' && !this.wants(text, name))) continue;
      vectors.add(text, rows.subarray(index * dimension, (index + 1) * dimension));
      if (this.#hold === 'vectors' && vectors === this.#models[0]) this.#spare(text);
    }
    release(block.keys, block.data);
    this.#decideWhatToSpare();
  }

  /** Runs after every change: vectors that are not wanted are dropped before more are added. */
  #decideWhatToSpare(): void {
    const bytes = this.slots.live * this.models.reduce((sum, { dimension }) => sum + dimension, 0);
    const spares = bytes > this.#room.bytesForBoth && (this.#models[0]?.size ?? 0) >= this.#room.first;
    const begins = spares && !this.#spares;
    this.#spares = spares;
    if (begins && this.#hold === 'vectors') for (let text = 0; text < this.#keys.size; text++) this.#spare(text);
  }

  #spare(text: number): void {
    for (const vectors of this.#models.slice(1))
      if (vectors.has(text) && !this.wants(text, vectors.model.name)) vectors.drop(text);
  }

  /** Whether the index is to have a vector of a text by a model, see `Room`. @param text number in the keys of the slots */
  wants(text: number, model: string): boolean {
    const [best] = this.#models;
    return (
      !this.#spares ||
      best === undefined ||
      best.model.name === model ||
      !best.has(text) ||
      this.#keys.isSampled(text, this.#room.oneIn)
    );
  }

  /** Whether it has none but is to have one. */
  lacks(text: number, model: string): boolean {
    return !this.hasText(text, model) && this.wants(text, model);
  }

  /** A vector is no longer in the index. */
  drop(text: number, model: string): void {
    this.#expireRemainders();
    this.#models.find((vectors) => vectors.model.name === model)?.drop(text);
  }

  /** Whether a text has a vector. @param text number in the keys of the slots */
  hasText(text: number, model: string): boolean {
    return this.#models.some((vectors) => vectors.model.name === model && vectors.has(text));
  }

  /** The same for a text by its key. */
  hasKey(key: Uint8Array, model: string): boolean {
    const text = this.#keys.find(numbersOf(key), 0);
    return text !== undefined && this.hasText(text, model);
  }

  /** Living chunks that have a vector, by model. */
  coverage(): Map<string, number> {
    const counts = new Map(this.models.map(({ name }) => [name, 0]));
    const { wholes, texts } = this.slots;
    for (let slot = 0; slot < wholes.length; slot++) {
      if (wholes[slot] === 0) continue;
      const best = this.#models.find((vectors) => vectors.has(texts[slot] as number));
      if (best !== undefined) counts.set(best.model.name, (counts.get(best.model.name) ?? 0) + 1);
    }
    return counts;
  }

  /**
   * Begins to compare all chunks with a question, after a refresh.
   *
   * @param queries its quantised vector by each model; a model without one is left out
   * @returns waits until that is done; to be called before the next refresh
   */
  begin(queries: ReadonlyMap<string, QuestionVector>): () => DenseScores {
    const start = performance.now();
    const asked: { readonly vectors: ModelVectors; readonly query: QuestionVector }[] = [];
    for (const each of this.#models) {
      const query = queries.get(each.model.name);
      if (query === undefined) continue;
      const better = asked[0]?.vectors;
      const vectors = better === undefined ? each : this.#remainderOf(each).beside(better);
      if (vectors.shelves.size > 0) asked.push({ vectors, query });
    }
    const finish = secondThread.begin(() =>
      asked.flatMap(({ vectors, query }) => vectors.shelves.prepare(query.vector)),
    );
    const begun = performance.now() - start;
    return () => {
      const again = performance.now();
      finish();
      const scores = new JointScores(this.slots, comparable(asked.map(({ vectors, query }) => vectors.scores(query))));
      this.expectedMilliseconds = begun + performance.now() - again;
      return scores;
    };
  }

  #remainderOf(vectors: ModelVectors): Remainder {
    const known = this.#remainders.get(vectors) ?? new Remainder(vectors, this.slots, this.#room);
    this.#remainders.set(vectors, known);
    return known;
  }

  /** The same at once. */
  scores(queries: ReadonlyMap<string, QuestionVector>): DenseScores {
    return this.begin(queries)();
  }
}
