/**
 * Combines the cosines of several models into one score per chunk, the best model first; returned by `denseIndex.ts`
 * to `search.ts`. The scores are valid until the next question.
 */
import type { Slots } from '../store/slots';
import { topSlots } from '../store/topSlots';
import type { Compared, Scale } from './comparable';
import type { ScannedCosines } from './cosines';

/** How near the chunks are to a question, by slot; until the next question is asked. */
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
  /** Whether a chunk is no nearer than chance would have it (see `cosineFloor`), or has no vector to compare. */
  isFar(slot: number): boolean;
}

/** What a model says of a question. */
export interface ModelScores extends Compared {
  readonly name: string;
  readonly cosines: ScannedCosines;
  /** The cosine below which a text is no answer. */
  readonly floor: number;
  /** The number of the text of a row. */
  textOf(row: number): number;
}

/** What is needed to know of the chunks. */
type Chunks = Pick<Slots, 'texts' | 'wholes' | 'files' | 'isUsed'>;

/** So many times as many texts as are wanted are looked at first: some are in files that do not count. */
const spare = 2;

/** Brings together what models say of the chunks of an index: of each chunk, the best one's word counts. */
export class JointScores implements DenseScores {
  /** @param models the best first */
  constructor(
    private readonly slots: Chunks,
    private readonly models: readonly (ModelScores & Scale)[],
  ) {}

  #modelOf(text: number): (ModelScores & Scale) | undefined {
    return this.models.find(({ rows }) => (rows[text] ?? -1) >= 0);
  }

  relative(slot: number): number | undefined {
    const text = this.slots.texts[slot] as number;
    const by = this.slots.wholes[slot] === 0 ? undefined : this.#modelOf(text);
    return by && relativeOf(by, by.rows[text] as number);
  }

  cosine(slot: number): number | undefined {
    const text = this.slots.texts[slot] as number;
    const by = this.#modelOf(text);
    return by?.cosines.at(by.rows[text] as number);
  }

  model(slot: number): string | undefined {
    return this.#modelOf(this.slots.texts[slot] as number)?.name;
  }

  isFar(slot: number): boolean {
    const cosine = this.cosine(slot);
    return cosine === undefined || cosine < (this.#modelOf(this.slots.texts[slot] as number)?.floor ?? 0);
  }

  best(top: number, accepts: (file: number) => boolean): number[] {
    return this.#amongBestTexts(top, accepts) ?? this.#amongAll(top, accepts);
  }

  /** Looks at the chunks of the best texts only. @returns undefined where there may be better ones than it has found */
  #amongBestTexts(top: number, accepts: (file: number) => boolean): number[] | undefined {
    const { texts, wholes, files, isUsed } = this.slots;
    const isLookedAt = new Uint8Array(isUsed.length);
    // Nothing else is nearer than that.
    let others = -Infinity;
    for (const by of this.models) {
      const rows = by.cosines.best(top * spare, (row) => {
        const text = by.textOf(row);
        // Texts from before a file was changed stay in memory for a while, and are often the nearest.
        return isUsed[text] === 1 && this.#modelOf(text) === by;
      });
      for (const row of rows) isLookedAt[by.textOf(row)] = 1;
      if (rows.length === top * spare) others = Math.max(others, relativeOf(by, rows.at(-1) as number));
    }
    const found: { slot: number; score: number }[] = [];
    for (let slot = nextOf(texts, isLookedAt, 0); slot < texts.length; slot = nextOf(texts, isLookedAt, slot + 1)) {
      if (wholes[slot] === 0 || !accepts(files[slot] as number)) continue;
      const score = this.relative(slot) as number;
      if (score > others) found.push({ slot, score });
    }
    if (found.length < top && others > -Infinity) return undefined;
    return found
      .sort((a, b) => b.score - a.score || a.slot - b.slot)
      .slice(0, top)
      .map(({ slot }) => slot);
  }

  #amongAll(top: number, accepts: (file: number) => boolean): number[] {
    const { texts, files } = this.slots;
    const relative = new Float32Array(texts.length);
    for (let slot = 0; slot < texts.length; slot++) relative[slot] = this.relative(slot) ?? -Infinity;
    return topSlots([relative], top, (slot) => accepts(files[slot] as number));
  }
}

/** As a 32-bit float, wherever it is asked for: of equals the first one counts. */
function relativeOf({ cosines, mean, deviation }: ModelScores & Scale, row: number): number {
  return Math.fround(((cosines.at(row) as number) - mean) / deviation);
}

/** The next slot whose text is marked, or how many slots there are. A loop of its own, as in `topSlots`. */
function nextOf(texts: Int32Array, isMarked: Uint8Array, from: number): number {
  let slot = from;
  while (slot < texts.length && isMarked[texts[slot] as number] === 0) slot++;
  return slot;
}
