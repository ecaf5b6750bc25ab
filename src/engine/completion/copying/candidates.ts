/**
 * Collects the distinct texts that could be copied to the cursor from matching places, exact or with names replaced;
 * used by `copy.ts` and scored with `evidence.ts`.
 */
import type { StopRule } from '../../../stopping/stopRule';
import { rename } from '../../../nearby/renaming';
import type { AlignedMatch } from '../../../nearby/matches';

/** A text that could be copied, and where it stands. */
export interface CopyCandidate {
  readonly text: string;
  /** Of the matches that it follows, the one that has most in common with the cursor. */
  readonly best: AlignedMatch;
  /** All of them, the best first. */
  readonly matches: readonly AlignedMatch[];
  /** Whether it stands there with other names. */
  readonly isRenamed: boolean;
  /** Whether it stands in some places to the letter, in others with other names; `matches` are the former then. */
  readonly isBoth: boolean;
}

const maxContinuationLength = 1_500;
const maxCandidates = 30;

/** The different texts that follow these matches, those of the first matches first. */
export function candidatesAt(matches: readonly AlignedMatch[], rule: StopRule): CopyCandidate[] {
  const found = new Map<string, { first: AlignedMatch; exact: AlignedMatch[]; analogous: AlignedMatch[] }>();
  const add = (text: string, match: AlignedMatch, kind: 'exact' | 'analogous'): void => {
    const known = found.get(text);
    if (known) known[kind].push(match);
    else if (found.size < maxCandidates) found.set(text, { first: match, exact: [], analogous: [], [kind]: [match] });
  };
  for (const match of matches) {
    const continuation = match.source.text.slice(match.at, match.at + maxContinuationLength);
    const text = continuation.slice(0, rule.check(continuation).end ?? rule.finish(continuation, 'cutOff'));
    if (text.trim() === '') continue;
    const { renames } = match.alignment;
    const renamed = renames.size === 0 ? text : rename(text, renames);
    if (renamed !== text) add(renamed, match, 'analogous');
    add(text, match, 'exact');
  }
  return Array.from(found, ([text, { first, exact, analogous }]) => {
    const own = exact.length > 0 ? exact : analogous;
    const [best = first] = own;
    return {
      text,
      best,
      matches: own,
      isRenamed: exact.length === 0,
      isBoth: exact.length > 0 && analogous.length > 0,
    };
  });
}
