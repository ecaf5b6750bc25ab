import type { Catalogue } from './catalogue';
import { countPostings, decodePostings } from './postings';
import { numbersOf, type SegmentRow } from './segments';

/** BM25 (Robertson & Zaragoza 2009) with the usual constants. */
const k1 = 1.2;
const b = 0.75;
/**
 * Once so many places of the rarer terms were looked at, common terms only add to chunks that a rarer one has found:
 * they do not tell chunks apart, and are what would make a question slow.
 */
const mostPostings = 400_000;

/** A chunk with what it has to do with a question. */
export interface Match {
  /** Number of the chunk. */
  readonly chunk: number;
  readonly score: number;
  /** What each shared term adds to the score. */
  readonly terms: Readonly<Record<string, number>>;
}

interface Segment {
  readonly id: number;
  readonly first: number;
  /** Where its chunks begin in `lengths` and `files`. */
  readonly base: number;
}

/** Places of a term: slots in `lengths`, ascending, and what the term adds to the score of each. */
interface Contribution {
  readonly term: string;
  readonly slots: Uint32Array;
  readonly scores: Float32Array;
}

/** Answers questions from the segments of a catalogue; notices by itself when they have changed. */
export class LexicalIndex {
  #generation = -1;
  #segments: Segment[] = [];
  /** Terms of each chunk, 0 for one that is gone; of the definition that it is a part of; and its file. */
  #lengths = new Uint32Array();
  #wholes = new Uint32Array();
  #files = new Uint32Array();
  #live = 0;
  #meanLength = 1;

  constructor(private readonly catalogue: Catalogue) {}

  /**
   * The chunks that share a term with a question, best first. Within a snapshot.
   *
   * @param top how many at most
   * @param accepts asked for the number of a file: whether its chunks count
   */
  search(terms: readonly string[], top: number, accepts: (file: number) => boolean = () => true): Match[] {
    this.#refresh();
    const scores = new Float32Array(this.#lengths.length);
    const contributions: Contribution[] = [];
    let looked = 0;
    for (const { term, blobs } of this.#rarestFirst(terms)) {
      const contribution = this.#contribution(term, blobs);
      const { slots, scores: added } = contribution;
      const onlyToFound = looked > 0 && looked + slots.length > mostPostings;
      for (let i = 0; i < slots.length; i++) {
        const slot = slots[i] as number;
        if (!onlyToFound || (scores[slot] as number) > 0) scores[slot] = (scores[slot] as number) + (added[i] as number);
      }
      looked += slots.length;
      contributions.push(contribution);
    }
    return this.#best(scores, top, accepts).map((slot) => {
      const shared = contributions.map(({ term, slots, scores: added }) => [term, added[indexOf(slots, slot)] ?? 0] as const);
      return { chunk: this.#chunkAt(slot), score: scores[slot] as number, terms: Object.fromEntries(shared.filter(([, added]) => added > 0)) };
    });
  }

  #refresh(): void {
    const generation = this.catalogue.all<{ number: number }>('SELECT number FROM generation')[0]?.number ?? 0;
    if (generation === this.#generation) return;
    const rows = this.catalogue.all<SegmentRow>('SELECT id, first, lengths, wholes, files FROM segments ORDER BY first');
    const total = rows.reduce((sum, { lengths }) => sum + lengths.length / 4, 0);
    this.#lengths = new Uint32Array(total);
    this.#wholes = new Uint32Array(total);
    this.#files = new Uint32Array(total);
    let base = 0;
    this.#segments = rows.map(({ id, first, lengths, wholes, files }) => {
      const segment = { id, first, base };
      this.#lengths.set(numbersOf(lengths), base);
      this.#wholes.set(numbersOf(wholes), base);
      this.#files.set(numbersOf(files), base);
      base += lengths.length / 4;
      return segment;
    });
    let [terms, definitions] = [0, 0];
    this.#live = 0;
    this.#lengths.forEach((length, slot) => {
      if (length === 0) return;
      this.#live++;
      terms += length;
      definitions += length / (this.#wholes[slot] as number);
    });
    this.#meanLength = definitions === 0 ? 1 : terms / definitions;
    this.#generation = generation;
  }

  #rarestFirst(terms: readonly string[]): { term: string; blobs: { base: number; data: Uint8Array }[] }[] {
    const statement = this.catalogue.prepare('SELECT data FROM postings WHERE segment = ? AND term = ?');
    const found = [...new Set(terms)].map((term) => {
      const blobs = this.#segments.flatMap(({ id, base }) => {
        const row = statement.get(id, term) as { data: Uint8Array } | undefined;
        return row === undefined ? [] : [{ base, data: row.data }];
      });
      return { term, blobs, count: blobs.reduce((sum, { data }) => sum + countPostings(data), 0) };
    });
    return found.sort((x, y) => x.count - y.count);
  }

  #contribution(term: string, blobs: readonly { base: number; data: Uint8Array }[]): Contribution {
    const most = blobs.reduce((sum, { data }) => sum + countPostings(data), 0);
    const slots = new Uint32Array(most);
    const scores = new Float32Array(most);
    let found = 0;
    for (const { base, data } of blobs) {
      decodePostings(data, (document, count) => {
        const slot = base + document;
        if (this.#lengths[slot] === 0) return;
        // A long definition is long, however it is cut.
        const length = this.#wholes[slot] as number;
        slots[found] = slot;
        scores[found++] = (count * (k1 + 1)) / (count + k1 * (1 - b + (b * length) / this.#meanLength));
      });
    }
    const rarity = Math.log(1 + (this.#live - found + 0.5) / (found + 0.5));
    for (let i = 0; i < found; i++) scores[i] = (scores[i] as number) * rarity;
    return { term, slots: slots.subarray(0, found), scores: scores.subarray(0, found) };
  }

  /** The slots with the highest scores above 0, best first; of equals the first. */
  #best(scores: Float32Array, top: number, accepts: (file: number) => boolean): number[] {
    const found: number[] = [];
    for (let slot = 0; slot < scores.length; slot++) {
      if ((scores[slot] as number) > 0 && accepts(this.#files[slot] as number)) found.push(slot);
    }
    const byScore = (x: number, y: number): number => (scores[y] as number) - (scores[x] as number) || x - y;
    if (found.length <= top) return found.sort(byScore);
    // Sorting half a million scores costs more than everything else: what is below the last one wanted goes first.
    const sorted = Float32Array.from(found, (slot) => scores[slot] as number).sort();
    const least = sorted[sorted.length - top] as number;
    return found.filter((slot) => (scores[slot] as number) >= least).sort(byScore).slice(0, top);
  }

  #chunkAt(slot: number): number {
    const segment = this.#segments.findLast(({ base }) => base <= slot);
    if (segment === undefined) throw new RangeError(`There is no slot ${slot}.`);
    return segment.first + slot - segment.base;
  }
}

/** Where a value stands in an ascending array, or -1. */
function indexOf(sorted: Uint32Array, value: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] as number) < value) low = middle + 1;
    else high = middle;
  }
  return sorted[low] === value ? low : -1;
}
