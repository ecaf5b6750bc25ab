/** BM25 (Robertson & Zaragoza 2009) over code: what lexical search reaches, and what the dense one is measured against. */
import { stemmer } from 'stemmer';

const k1 = 1.2;
const b = 0.75;

/** How a text becomes terms. */
export type Analyzer = (text: string) => string[];

const identifiers = (text: string): string[] => text.match(/[A-Za-z_$][\w$]*|\d+/g) ?? [];

/** Every identifier as one term, in lower case. */
export const wholeIdentifiers: Analyzer = (text) => identifiers(text).map((identifier) => identifier.toLowerCase());

/** `parseHTTPHeader` → the whole, `parse`, `http` and `header`, each part by its Porter stem. */
export const splitIdentifiers: Analyzer = (text) =>
  identifiers(text).flatMap((identifier) => {
    const parts = splitIdentifier(identifier).map((part) => stemmer(part));
    return parts.length > 1 ? [identifier.toLowerCase(), ...parts] : parts;
  });

/** The words of a name in lower case, without signs. */
export function splitIdentifier(identifier: string): string[] {
  const words = identifier.match(/[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+/g) ?? [];
  return words.map((word) => word.toLowerCase());
}

type Posting = { document: number; count: number };

export class Bm25 {
  readonly #postings = new Map<string, Posting[]>();
  readonly #lengths: number[];
  readonly #meanLength: number;

  constructor(
    documents: readonly string[],
    readonly analyze: Analyzer,
  ) {
    this.#lengths = documents.map((text, document) => this.#add(document, analyze(text)));
    this.#meanLength = this.#lengths.reduce((total, length) => total + length, 0) / Math.max(1, documents.length);
  }

  /** @returns one score per document, 0 where no term is shared */
  search(query: string): Float64Array {
    const scores = new Float64Array(this.#lengths.length);
    for (const term of new Set(this.analyze(query))) {
      const postings = this.#postings.get(term) ?? [];
      const rarity = Math.log(1 + (scores.length - postings.length + 0.5) / (postings.length + 0.5));
      for (const { document, count } of postings) {
        const length = this.#lengths[document]! / this.#meanLength;
        scores[document]! += (rarity * count * (k1 + 1)) / (count + k1 * (1 - b + b * length));
      }
    }
    return scores;
  }

  #add(document: number, terms: readonly string[]): number {
    const counts = new Map<string, number>();
    for (const term of terms) counts.set(term, (counts.get(term) ?? 0) + 1);
    for (const [term, count] of counts) {
      const postings = this.#postings.get(term);
      if (postings) postings.push({ document, count });
      else this.#postings.set(term, [{ document, count }]);
    }
    return terms.length;
  }
}
