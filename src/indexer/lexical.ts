import type { Catalogue } from './catalogue';
import { countPostings, decodePostings } from './postings';
import type { Slots } from './slots';
import { topSlots } from './topSlots';

/** BM25 (Robertson & Zaragoza 2009) with the usual constants. */
const k1 = 1.2;
const b = 0.75;
/**
 * Once so many places of the rarer terms were looked at, common terms only add to chunks that a rarer one has found:
 * they do not tell chunks apart, and are what would make a question slow.
 */
const mostPostings = 400_000;

/** What a chunk has to do with the words of a question. */
export interface Match {
  readonly score: number;
  /** What each shared term adds to the score. */
  readonly terms: Readonly<Record<string, number>>;
}

/** How well the chunks fit the words of a question, by slot. */
export interface LexicalScores {
  /** The chunks that share a term with the question, best first. @param accepts asked for the number of a file: whether its chunks count */
  best(top: number, accepts: (file: number) => boolean): number[];
  /** The same among those that have every one of some terms of the question. */
  havingAll(terms: readonly string[], top: number, accepts: (file: number) => boolean): number[];
  match(slot: number): Match;
}

/** Places of a term: slots, ascending, and what the term adds to the score of each. */
interface Contribution {
  readonly term: string;
  readonly slots: Uint32Array;
  readonly scores: Float32Array;
}

/** Answers questions by their words. */
export class LexicalIndex {
  /** @param slots of the same catalogue */
  constructor(
    private readonly catalogue: Catalogue,
    readonly slots: Slots,
  ) {}

  /** Within a snapshot, after a refresh of the slots. */
  scores(terms: readonly string[]): LexicalScores {
    const scores = new Float32Array(this.slots.lengths.length);
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
    const { files } = this.slots;
    const best: LexicalScores['best'] = (top, accepts) => topSlots(scores, top, (slot) => (scores[slot] as number) > 0 && accepts(files[slot] as number));
    return {
      best,
      havingAll: (wanted, top, accepts) => {
        const needed = contributions.filter(({ term }) => wanted.includes(term));
        const found = [...(needed[0]?.slots ?? [])].filter((slot) => needed.every(({ slots }) => indexOf(slots, slot) >= 0) && accepts(files[slot] as number));
        return found.sort((x, y) => (scores[y] as number) - (scores[x] as number) || x - y).slice(0, top);
      },
      match: (slot) => {
        const shared = contributions.map(({ term, slots, scores: added }) => [term, added[indexOf(slots, slot)] ?? 0] as const);
        return { score: scores[slot] as number, terms: Object.fromEntries(shared.filter(([, added]) => added > 0)) };
      },
    };
  }

  #rarestFirst(terms: readonly string[]): { term: string; blobs: { base: number; data: Uint8Array }[] }[] {
    const statement = this.catalogue.prepare('SELECT data FROM postings WHERE segment = ? AND term = ?');
    const found = [...new Set(terms)].map((term) => {
      const blobs = this.slots.segments.flatMap(({ id, base }) => {
        const row = statement.get(id, term) as { data: Uint8Array } | undefined;
        return row === undefined ? [] : [{ base, data: row.data }];
      });
      return { term, blobs, count: blobs.reduce((sum, { data }) => sum + countPostings(data), 0) };
    });
    return found.sort((x, y) => x.count - y.count);
  }

  #contribution(term: string, blobs: readonly { base: number; data: Uint8Array }[]): Contribution {
    const { lengths, wholes, live, meanLength } = this.slots;
    const most = blobs.reduce((sum, { data }) => sum + countPostings(data), 0);
    const slots = new Uint32Array(most);
    const scores = new Float32Array(most);
    let found = 0;
    for (const { base, data } of blobs) {
      decodePostings(data, (document, count) => {
        const slot = base + document;
        if (lengths[slot] === 0) return;
        // A long definition is long, however it is cut.
        const length = wholes[slot] as number;
        slots[found] = slot;
        scores[found++] = (count * (k1 + 1)) / (count + k1 * (1 - b + (b * length) / meanLength));
      });
    }
    const rarity = Math.log(1 + (live - found + 0.5) / (found + 0.5));
    for (let i = 0; i < found; i++) scores[i] = (scores[i] as number) * rarity;
    return { term, slots: slots.subarray(0, found), scores: scores.subarray(0, found) };
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
