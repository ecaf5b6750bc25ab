/**
 * Scores chunks against the words of a question with BM25; used by `search.ts`. The scores are valid until the next
 * question.
 */
import { release, withRoomFor } from '../store/bytes';
import { CatalogueError } from '../store/catalogue';
import type { Catalogue } from '../store/catalogue';
import { Postings } from '../store/postings';
import type { Segment, Slots } from '../store/slots';
import { topSlots } from '../store/topSlots';

/** BM25 (Robertson & Zaragoza 2009) with the usual constants. */
const k1 = 1.2;
const b = 0.75;
/**
 * Once so many places of the rarer terms were looked at, common terms do not find chunks, they only tell those apart that
 * rarer ones have found: they are what would make a question slow.
 */
const maxPostings = 400_000;
/** The best so far, to which common terms are added. */
const maxCandidates = 4_096;

/** What a chunk has to do with the words of a question. */
export interface Match {
  readonly score: number;
  /** What each shared term adds to the score. */
  readonly terms: Readonly<Record<string, number>>;
}

const noMatch: Match = { score: 0, terms: {} };

/** How well the chunks fit the words of a question, by slot; until the next question is asked. */
export interface LexicalScores {
  /** The chunks that share a term with the question, best first. @param accepts asked for the number of a file: whether its chunks count */
  best(top: number, accepts: (file: number) => boolean): number[];
  /** The same among those that have every one of some terms of the question. */
  havingAll(terms: readonly string[], top: number, accepts: (file: number) => boolean): number[];
  match(slot: number): Match;
}

/** A term of the question. */
interface Term {
  readonly term: string;
  /** Where it stands, by segment. */
  readonly places: ReadonlyMap<Segment, Postings>;
  /** In how many chunks. */
  readonly count: number;
  /** What it weighs (its inverse document frequency). */
  readonly weight: number;
}

/** Answers questions by their words. */
export class LexicalIndex {
  /** By slot. A question needs as many numbers as the one before it. */
  #lastScores = new Float32Array();
  /** Of the last question: where its terms stand. Some megabytes, which are given back before the next one needs as many. */
  #lastPostings: Uint8Array[] = [];
  /** The last question, and what was answered: the same one may be asked ahead of its vectors, and then with them. */
  #last: { readonly question: string; readonly generation: number; readonly scores: LexicalScores } | undefined;

  /** @param slots of the same catalogue */
  constructor(
    private readonly catalogue: Catalogue,
    readonly slots: Slots,
  ) {}

  /** How common a term is, within a snapshot: 0 where no chunk has it, else the more, the more chunks have it. */
  frequencyOf(term: string): number {
    const statement = this.catalogue.prepare(
      'SELECT length(data) AS size FROM postings WHERE segment = ? AND term = ?',
    );
    let sum = 0;
    for (const { id } of this.slots.segments)
      sum += (statement.get(id, term) as { size: number } | undefined)?.size ?? 0;
    return sum;
  }

  /** Within a snapshot, after a refresh of the slots. @throws {CatalogueError} where the index is damaged */
  scores(question: readonly string[]): LexicalScores {
    const { generation } = this.slots;
    const name = question.join('\n');
    if (this.#last?.question === name && this.#last.generation === generation) return this.#last.scores;
    this.#last = undefined;
    try {
      const scores = this.#scores(question);
      this.#last = { question: name, generation, scores };
      return scores;
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      throw new CatalogueError('damaged', 'The index is damaged: it does not say where a word stands.');
    }
  }

  #scores(question: readonly string[]): LexicalScores {
    const { wholes, files } = this.slots;
    release(...this.#lastPostings.splice(0));
    const terms = [...new Set(question)].map((term) => this.#read(term)).sort((x, y) => x.count - y.count);
    this.#lastScores = withRoomFor(wholes.length, this.#lastScores);
    const scores = this.#lastScores.subarray(0, wholes.length).fill(0);
    let looked = 0;
    const common: Term[] = [];
    for (const term of terms) {
      if (looked > 0 && looked + term.count > maxPostings) common.push(term);
      else this.#add(term, scores);
      looked += term.count;
    }
    if (common.length > 0) {
      for (const slot of topSlots([scores], maxCandidates, (candidate) => (scores[candidate] as number) > 0)) {
        for (const term of common) scores[slot] = (scores[slot] as number) + this.#part(term, slot);
      }
    }
    return {
      best: (top, accepts) =>
        topSlots([scores], top, (slot) => (scores[slot] as number) > 0 && accepts(files[slot] as number)),
      havingAll: (wanted, top, accepts) =>
        this.#havingAll(
          terms.filter(({ term }) => wanted.includes(term)),
          scores,
          top,
          accepts,
        ),
      match: (slot) => {
        // Most of what is near in meaning shares no word.
        if (common.length === 0 && scores[slot] === 0) return noMatch;
        const shared = terms.map((term) => [term.term, this.#part(term, slot)] as const).filter(([, part]) => part > 0);
        return { score: shared.reduce((sum, [, part]) => sum + part, 0), terms: Object.fromEntries(shared) };
      },
    };
  }

  #read(term: string): Term {
    const statement = this.catalogue.prepare('SELECT data FROM postings WHERE segment = ? AND term = ?');
    const places = new Map<Segment, Postings>();
    let count = 0;
    for (const segment of this.slots.segments) {
      const row = statement.get(segment.id, term) as { data: Uint8Array } | undefined;
      if (row === undefined) continue;
      const postings = new Postings(row.data);
      this.#lastPostings.push(row.data);
      places.set(segment, postings);
      count += this.#liveCount(segment, postings);
    }
    return { term, places, count, weight: Math.log(1 + (this.slots.live - count + 0.5) / (count + 0.5)) };
  }

  #liveCount(segment: Segment, postings: Postings): number {
    if (segment.live === segment.count) return postings.count;
    const { wholes } = this.slots;
    let count = 0;
    postings.forEach((document) => {
      if (wholes[segment.base + document] !== 0) count++;
    });
    return count;
  }

  #add({ places, weight }: Term, scores: Float32Array): void {
    const { wholes, meanLength } = this.slots;
    const perTerm = (k1 * b) / meanLength;
    for (const [{ base }, postings] of places) {
      postings.forEach((document, count) => {
        const slot = base + document;
        if (wholes[slot] === 0) return;
        // A long definition is long, however it is cut.
        const part = (count * (k1 + 1)) / (count + k1 * (1 - b) + perTerm * (wholes[slot] as number));
        scores[slot] = (scores[slot] as number) + weight * part;
      });
    }
  }

  /** What a term adds to the score of a chunk. */
  #part({ places, weight }: Term, slot: number): number {
    const segment = this.slots.segmentAt(slot);
    const count = places.get(segment)?.countOf(slot - segment.base) ?? 0;
    if (count === 0) return 0;
    const { wholes, meanLength } = this.slots;
    return (weight * count * (k1 + 1)) / (count + k1 * (1 - b + (b * (wholes[slot] as number)) / meanLength));
  }

  #havingAll(terms: readonly Term[], scores: Float32Array, top: number, accepts: (file: number) => boolean): number[] {
    const { wholes, files } = this.slots;
    const [rarest, ...others] = terms;
    const found: number[] = [];
    for (const [{ base }, postings] of rarest?.places ?? []) {
      postings.forEach((document) => {
        if (wholes[base + document] !== 0 && accepts(files[base + document] as number)) found.push(base + document);
      });
    }
    const having = found.filter((slot) => others.every((term) => this.#part(term, slot) > 0));
    return having.sort((x, y) => (scores[y] as number) - (scores[x] as number) || x - y).slice(0, top);
  }
}
