/**
 * The vectors of one model in memory, mapped from text numbers to rows, with the cosine below which a hit is
 * irrelevant; used by the dense index.
 */
import { withRoomFor } from '../store/bytes';
import type { QuestionVector, SearchedModel } from './searchedModel';
import type { ModelScores } from './denseScores';
import { cosineFloor } from './relevance';
import { Shelves } from './shelf';

/** The floor is calculated anew once the number of vectors has grown or shrunk by this factor. */
const floorHolds = 1.25;

/** The vectors of one model in memory, by the numbers of their texts. */
export class ModelVectors {
  readonly shelves: Shelves;
  /** Where the vector of a text stands in the shelves; -1 or nothing where there is none. Empty where only that is kept. */
  rows = new Int32Array();
  /** 1 for each text that has one, where only that is kept. */
  #known = new Uint8Array();
  /** Blocks that were read. */
  readonly blocks = new Set<number>();
  /** Texts that have a vector. */
  size = 0;
  /** The text of each row. */
  #texts = new Int32Array();
  /** The cosine that chance reaches, and of how many vectors that was calculated. */
  #floor: { readonly cosine: number; readonly of: number } | undefined;

  /** @param hold `known`: only which texts have a vector is kept @param whole what this is a part of */
  constructor(
    readonly model: SearchedModel,
    private readonly hold: 'vectors' | 'known',
    private readonly whole?: ModelVectors,
  ) {
    this.shelves = new Shelves(model.dimension);
  }

  /** For some of these vectors. Knows what all of them say of questions without meaning. */
  part(): ModelVectors {
    return new ModelVectors(this.model, 'vectors', this);
  }

  has(text: number): boolean {
    return this.hold === 'known' ? this.#known[text] === 1 : (this.rows[text] ?? -1) >= 0;
  }

  /** @param text one that has none yet @param vector quantised */
  add(text: number, vector: Int8Array): void {
    this.size++;
    if (this.hold === 'known') {
      if (text >= this.#known.length) this.#known = withRoomFor(text + 1, this.#known);
      this.#known[text] = 1;
      return;
    }
    if (text >= this.rows.length) {
      const before = this.rows.length;
      this.rows = withRoomFor(text + 1, this.rows).fill(-1, before);
    }
    const row = this.shelves.add(vector);
    this.rows[text] = row;
    this.#texts = withRoomFor(row + 1, this.#texts);
    this.#texts[row] = text;
  }

  /** A copy of the vector of a text that has one. */
  vector(text: number): Int8Array {
    return this.shelves.row(this.rows[text] as number);
  }

  /** Gives back the room of a vector, where there is one. */
  drop(text: number): void {
    if (!this.has(text)) return;
    this.size--;
    if (this.hold === 'known') {
      this.#known[text] = 0;
      return;
    }
    const row = this.rows[text] as number;
    this.rows[text] = -1;
    // The last vector takes its place.
    const moved = this.#texts[this.shelves.size - 1] as number;
    this.shelves.remove(row);
    if (moved !== text) {
      this.#texts[row] = moved;
      this.rows[moved] = row;
    }
    this.#texts = withRoomFor(this.shelves.size, this.#texts);
  }

  /** How near all vectors are to a question, once everything was scanned; until the next one. */
  scores({ vector, nonsense }: QuestionVector): ModelScores {
    const { rows } = this;
    return {
      name: this.model.name,
      rows,
      cosines: this.shelves.found(vector),
      floor: this.#floorFor(nonsense),
      textOf: (row) => this.#texts[row] as number,
    };
  }

  /**
   * The cosine that questions without meaning do not reach; -1 where that is not known.
   *
   * @param nonsense the model's vectors of such questions
   */
  #floorFor(nonsense: readonly Int8Array[] | undefined): number {
    if (nonsense === undefined) return -1;
    if (this.whole !== undefined) return this.whole.#floorFor(nonsense);
    const { size } = this.shelves;
    if (this.#floor === undefined || size > this.#floor.of * floorHolds || size < this.#floor.of / floorHolds) {
      this.#floor = { cosine: cosineFloor(this.shelves, nonsense), of: size };
    }
    return this.#floor.cosine;
  }
}
