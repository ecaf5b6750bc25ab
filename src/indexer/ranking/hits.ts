/**
 * Puts what may answer a question in order, by what it shares with the question and by rules, and says why; used by
 * `search.ts`. Looks for nothing itself.
 */
import type { SearchRemark } from '../../ipc/indexer/protocol';
import { fuse, weights } from './fusion';
import type { Best, ChunkEvidence, SearchMode } from './fusion';
import { kindOfQuestion } from './questionKind';
import type { QueryTerms, Rules } from './rules';

export interface Why {
  /** What each term of the question adds to the BM25 score. */
  readonly terms: Readonly<Record<string, number>>;
  /** The cosine between question and chunk, where it was compared. */
  readonly dense?: number;
  /** Rules that changed the score, each with its factor. */
  readonly rules: Readonly<Record<string, number>>;
}

/** The piece of a file that meanings are compared by, see `textToEmbed`. */
export interface EmbeddedPiece {
  /** UTF-16 units of the file's text, end exclusive. */
  readonly start: number;
  readonly end: number;
  /** The definitions that it stands in, as they are embedded with it. */
  readonly around: string;
  /** The model that has embedded it (see `vectorModel`); absent where none has. */
  readonly model?: string;
}

export interface Hit {
  /** From the root, with `/` between folders. */
  readonly path: string;
  /** Lines from 1, both included. */
  readonly from: number;
  readonly to: number;
  /** The definitions around it, as `Class.method`; empty outside of them. */
  readonly symbol: string;
  readonly score: number;
  readonly why: Why;
  /** The part of it that is nearest in meaning. */
  readonly piece: EmbeddedPiece;
}

/** A chunk that may answer a question, or the parts of a long definition together. */
export interface SearchCandidate extends ChunkEvidence {
  readonly path: string;
  /** Lines from 1, both included. */
  readonly from: number;
  readonly to: number;
  /** The definitions around it, outermost first, and whether the innermost begins here. */
  readonly symbols: readonly string[];
  readonly defines: boolean;
  /** The same for all parts of a definition, counted in the file. */
  readonly definition: number;
  readonly piece: EmbeddedPiece;
  /** What each term of the question adds to its score. */
  readonly terms: Readonly<Record<string, number>>;
  /** As the model gave it, see `DenseScores`. */
  readonly cosine: number | undefined;
}

/** What may answer a question, in no order. */
export interface SearchCandidates {
  readonly asked: QueryTerms;
  readonly mode: SearchMode;
  readonly candidates: readonly SearchCandidate[];
  /** What there is to say about the question itself. */
  readonly remarks: readonly SearchRemark[];
}

/** Answers, best first, by what they share with the question and by rules. */
export function inOrder({ asked, mode, candidates }: SearchCandidates, by: Rules): Hit[] {
  const best = bestOf(candidates);
  const own = weights[kindOfQuestion(asked.text)];
  return candidates.map((candidate) => rank(candidate, asked, fuse(candidate, best, mode, own), by)).sort(byScore);
}

/** What is best by each kind of evidence. */
export function bestOf(candidates: readonly SearchCandidate[]): Best {
  return {
    lexical: candidates.reduce((most, { lexical }) => Math.max(most, lexical), 0),
    dense: candidates.reduce((most, { dense = 0 }) => Math.max(most, dense), 0),
  };
}

function rank(
  { path, from, to, symbols, defines, terms, cosine, piece }: SearchCandidate,
  asked: QueryTerms,
  fused: number,
  by: Rules,
): Hit {
  const factors = Object.entries(by).map(([name, rule]) => [name, rule({ path, symbols, defines }, asked)] as const);
  const score = factors.reduce((product, [, factor]) => product * factor, fused);
  const changed = Object.fromEntries(factors.filter(([, factor]) => factor !== 1));
  return {
    path,
    from,
    to,
    symbol: symbols.join('.'),
    score,
    why: { terms, ...(cosine === undefined ? {} : { dense: cosine }), rules: changed },
    piece,
  };
}

function byScore(a: Hit, b: Hit): number {
  return b.score - a.score || (a.path < b.path ? -1 : a.path > b.path ? 1 : a.from - b.from);
}
