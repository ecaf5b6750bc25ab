import type { Catalogue } from '../catalogue';
import type { Slots } from '../slots';
import { isWhole, readBlock, wordsOf, type BlockRow } from './blocks';
import { keyWords } from './keyTable';
import { Shelves } from './shelf';
import { topSlots } from '../topSlots';
import { comparable, type Compared } from './comparable';
import { cosineFloor } from './relevance';

/** A model whose vectors are searched. */
export interface SearchedModel {
  /** See `vectorModel`. */
  readonly name: string;
  readonly dimension: number;
}

/** How near the chunks are to a question, by slot. */
export interface DenseScores {
  /**
   * How many standard deviations of all texts a text is nearer than their mean, whichever model has embedded it (see
   * `comparable`); undefined for a chunk without a vector.
   */
  relative(slot: number): number | undefined;
  /** The nearest, best first. @param accepts asked for the number of a file: whether its chunks count */
  best(top: number, accepts: (file: number) => boolean): number[];
  /** As the model gave it, from -1 to 1. */
  cosine(slot: number): number | undefined;
  /** Which model that is, see `vectorModel`. */
  model(slot: number): string | undefined;
  /** Whether a chunk is no nearer than chance would have it (see `cosineFloor`), or nobody knows how near it is. */
  isFar(slot: number): boolean;
}

/** A question as a model sees it. */
export interface QuestionVector {
  readonly vector: Int8Array;
  /** What the same model makes of questions without meaning; none where that is not known. */
  readonly nonsense?: readonly Int8Array[] | undefined;
}

interface Vectors {
  readonly model: SearchedModel;
  readonly shelves: Shelves;
  /** Where the vector of a text stands in the shelves; -1 or nothing where there is none. */
  rows: Int32Array;
  /** Blocks that were read. */
  readonly blocks: Set<number>;
  /** The cosine that chance reaches, and of how many vectors that was told. */
  floor?: { readonly cosine: number; readonly of: number };
}

/** A floor is told anew when there are so many times as many vectors. */
const floorHolds = 1.25;

/** The vectors of an index, in memory. Each text has one by the best model that has embedded it. */
export class DenseIndex {
  /** Blocks whose bytes are not those that were written: their vectors are missing. */
  readonly damaged = new Set<number>();
  /** How long the last comparison took. */
  expectedMilliseconds = 0;
  #models: Vectors[];
  #keys: Slots['keys'];

  /**
   * @param slots of the same catalogue
   * @param models the best first
   * @param hold `known`: only which vectors there are is kept, which is all that a writer needs to know
   */
  constructor(
    private readonly catalogue: Catalogue,
    readonly slots: Slots,
    readonly models: readonly SearchedModel[],
    private readonly hold: 'vectors' | 'known' = 'vectors',
  ) {
    this.#models = models.map(empty);
    this.#keys = slots.keys;
  }

  /** Reads what has changed since the last time. Within a snapshot. */
  refresh(): void {
    this.slots.refresh();
    if (this.#keys !== this.slots.keys) {
      this.#models = this.models.map(empty);
      this.#keys = this.slots.keys;
    }
    const present = this.catalogue.all<Pick<BlockRow, 'id' | 'model' | 'count'>>('SELECT id, model, count FROM blocks ORDER BY id');
    this.#models = this.#models.map((vectors) => {
      const own = present.filter(({ model }) => model === vectors.model.name);
      const needed = own.reduce((sum, { count }) => sum + count, 0);
      // What was swept from the index stays in memory until it is too much.
      const current = vectors.shelves.size > 2 * needed + (1 << 12) ? empty(vectors.model) : vectors;
      for (const { id } of own) if (!current.blocks.has(id)) this.#read(current, id);
      return current;
    });
  }

  #read(vectors: Vectors, id: number): void {
    vectors.blocks.add(id);
    const block = readBlock(this.catalogue, id);
    if (block === undefined) return;
    const { dimension } = vectors.model;
    if (!isWhole(block) || block.data.length !== block.count * dimension) {
      this.damaged.add(id);
      return;
    }
    const words = wordsOf(block.keys);
    const rows = new Int8Array(block.data.buffer, block.data.byteOffset, block.data.byteLength);
    for (let index = 0; index < block.count; index++) {
      const text = this.#keys.add(words, index * keyWords);
      if (text >= vectors.rows.length) vectors.rows = grown(vectors.rows, text + 1);
      if ((vectors.rows[text] as number) >= 0) continue;
      vectors.rows[text] = this.hold === 'known' ? 0 : vectors.shelves.add(rows.subarray(index * dimension, (index + 1) * dimension));
    }
  }

  /** Whether a text has a vector. @param text number in the keys of the slots @param model any where it is absent */
  hasText(text: number, model?: string): boolean {
    return this.#models.some((vectors) => (model === undefined || vectors.model.name === model) && (vectors.rows[text] ?? -1) >= 0);
  }

  /** The same for a text by its key. */
  hasKey(key: Uint8Array, model?: string): boolean {
    const text = this.#keys.find(wordsOf(key), 0);
    return text !== undefined && this.hasText(text, model);
  }

  /** Living chunks that have a vector, by model. */
  coverage(): Map<string, number> {
    const counts = new Map(this.models.map(({ name }) => [name, 0]));
    const { lengths, texts } = this.slots;
    for (let slot = 0; slot < lengths.length; slot++) {
      if (lengths[slot] === 0) continue;
      const best = this.#models.find(({ rows }) => (rows[texts[slot] as number] ?? -1) >= 0);
      if (best !== undefined) counts.set(best.model.name, (counts.get(best.model.name) ?? 0) + 1);
    }
    return counts;
  }

  /** Compares all chunks with a question. @param queries its quantised vector by each model; a model without one is left out */
  scores(queries: ReadonlyMap<string, QuestionVector>): DenseScores {
    const start = performance.now();
    const { texts, lengths, files } = this.slots;
    const relative = new Float32Array(texts.length).fill(-Infinity);
    const compared = this.#models.flatMap((vectors): (Compared & { floor: number; name: string })[] => {
      const query = queries.get(vectors.model.name);
      if (query === undefined || vectors.shelves.size === 0) return [];
      return [{ rows: vectors.rows, cosines: vectors.shelves.scan(query.vector), floor: floorFor(vectors, query), name: vectors.model.name }];
    });
    const searched = comparable(compared);
    // The best model comes last and overwrites.
    for (const { rows, cosines, mean, deviation } of searched.toReversed()) {
      for (let slot = 0; slot < texts.length; slot++) {
        const row = rows[texts[slot] as number] ?? -1;
        if (row >= 0 && lengths[slot] !== 0) relative[slot] = ((cosines[row] as number) - mean) / deviation;
      }
    }
    this.expectedMilliseconds = performance.now() - start;
    /** The best model's word on a chunk. */
    const best = (slot: number): { cosine: number; floor: number; name: string } | undefined => {
      const text = texts[slot] as number;
      const by = searched.find(({ rows }) => (rows[text] ?? -1) >= 0);
      return by && { cosine: by.cosines[by.rows[text] as number] as number, floor: by.floor, name: by.name };
    };
    return {
      relative: (slot) => (relative[slot] === -Infinity ? undefined : relative[slot]),
      best: (top, accepts) => topSlots(relative, top, (slot) => relative[slot] !== -Infinity && accepts(files[slot] as number)),
      cosine: (slot) => best(slot)?.cosine,
      model: (slot) => best(slot)?.name,
      isFar: (slot) => {
        const by = best(slot);
        return by === undefined || by.cosine < by.floor;
      },
    };
  }
}

function floorFor(vectors: Vectors, { nonsense }: QuestionVector): number {
  if (nonsense === undefined) return -1;
  const { size } = vectors.shelves;
  if (vectors.floor === undefined || size > vectors.floor.of * floorHolds || size < vectors.floor.of) {
    vectors.floor = { cosine: cosineFloor(vectors.shelves, nonsense), of: size };
  }
  return vectors.floor.cosine;
}

function empty(model: SearchedModel): Vectors {
  return { model, shelves: new Shelves(model.dimension), rows: new Int32Array(), blocks: new Set() };
}

function grown(rows: Int32Array, least: number): Int32Array {
  const larger = new Int32Array(Math.max(least, rows.length * 2, 1 << 10)).fill(-1);
  larger.set(rows);
  return larger;
}
