/**
 * Measures how well a copy candidate suits the cursor: agreement, alignment, similarity of names and lines; used by
 * `copy.ts`, and the features of `choice.ts` come from it.
 */
import type { CursorText } from '../../../common/text/cursor';
import { likeness } from '../../../common/statistics/jaccard';
import type { CopyCandidate } from './candidates';
import type { AlignedMatch } from '../../../nearby/matches';

/** How well a candidate suits the cursor. Likeness is that of sets of names, 0…1 (Jaccard 1901). */
export interface CopyEvidence {
  /** How many characters the text before the cursor and that before the copied text end with in common. */
  readonly agreement: number;
  /** The same in tokens, where names may stand for other names. */
  readonly aligned: number;
  /** Of the matches that agree as far, the share that goes on like this one. */
  readonly share: number;
  /** In how many sources it stands, and how far away the first of them is. */
  readonly sources: number;
  readonly rank: number;
  /** Characters. */
  readonly length: number;
  /** Likeness of the lines before, of those behind, and of the next line alone. */
  readonly before: number;
  readonly behind: number;
  readonly next: number;
  /** Of its names, the share that stands near the cursor; whether all of them stand in the file. */
  readonly near: number;
  readonly isKnown: boolean;
  /** Whether it stands elsewhere with other names, and whether to the letter, too. */
  readonly isRenamed: boolean;
  readonly isBoth: boolean;
}

const linesBefore = 3;
const linesBehind = 8;
/** Behind the text before them. Characters. */
const maxLengthBehind = 1_000;
/** Where names are near. Lines before and characters behind the cursor. */
const nearBefore = 40;
const nearBehind = 800;
/** Of a candidate's matches, so many are compared. */
const maxMatches = 4;

/** Compares candidates with what stands at the cursor. */
export class Judge {
  readonly #before: ReadonlySet<string>;
  readonly #behind: ReadonlySet<string>;
  readonly #next: ReadonlySet<string>;
  readonly #near: ReadonlySet<string>;
  readonly #file: ReadonlySet<string>;

  /** @param matches all that were looked at */
  constructor(
    { prefix, nextLines }: Pick<CursorText, 'prefix' | 'nextLines'>,
    private readonly matches: readonly AlignedMatch[],
  ) {
    this.#before = namesOf(linesUpTo(prefix, prefix.length, linesBefore));
    this.#behind = namesOf(linesFrom(nextLines.slice(0, maxLengthBehind), linesBehind));
    this.#next = namesOf(nextLine(nextLines.slice(0, maxLengthBehind)));
    this.#near = namesOf(linesUpTo(prefix, prefix.length, nearBefore) + nextLines.slice(0, nearBehind));
    this.#file = namesOf(prefix + nextLines);
  }

  evidenceFor({ text, best, matches, isRenamed, isBoth }: CopyCandidate): CopyEvidence {
    const { agreement, rank } = best;
    const alike = this.matches.filter((match) => match.agreement >= agreement).length;
    const names = [...namesOf(text)];
    const compared = matches.slice(0, maxMatches).map((match) => this.#compare(match, text));
    const most = (of: (one: (typeof compared)[number]) => number): number => Math.max(...compared.map(of));
    return {
      agreement,
      aligned: most(({ aligned }) => aligned),
      share: matches.filter((match) => match.agreement >= agreement).length / alike,
      sources: new Set(matches.map((match) => match.rank)).size,
      rank,
      length: text.length,
      before: most(({ before }) => before),
      behind: most(({ behind }) => behind),
      next: most(({ next }) => next),
      near: names.length === 0 ? 0.5 : names.filter((name) => this.#near.has(name)).length / names.length,
      isKnown: names.every((name) => this.#file.has(name)),
      isRenamed,
      isBoth,
    };
  }

  #compare(
    { source, at, alignment }: AlignedMatch,
    text: string,
  ): Pick<CopyEvidence, 'aligned' | 'before' | 'behind' | 'next'> {
    const following = source.text.slice(at + text.length, at + text.length + maxLengthBehind);
    const lineEnd = following.indexOf('\n');
    const behind = lineEnd < 0 ? '' : following.slice(lineEnd + 1);
    return {
      aligned: alignment.tokens,
      before: likeness(this.#before, namesOf(linesUpTo(source.text, at, linesBefore))),
      behind: likeness(this.#behind, namesOf(linesFrom(behind, linesBehind))),
      next: likeness(this.#next, namesOf(nextLine(behind))),
    };
  }
}

/** Names of two signs and more. */
function namesOf(text: string): Set<string> {
  return new Set(text.match(/[\p{L}_$][\p{L}\p{N}_$]+/gu));
}

function linesUpTo(text: string, end: number, lines: number): string {
  let start = end;
  for (let count = 0; count < lines && start > 0; count++) start = text.lastIndexOf('\n', start - 1);
  return text.slice(Math.max(0, start), end);
}

const linesFrom = (text: string, lines: number): string => text.split('\n', lines).join('\n');
const nextLine = (text: string): string => /\S.*/.exec(text)?.[0] ?? '';
