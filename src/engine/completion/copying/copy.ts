/**
 * Finds the text to copy to the cursor, from the file itself and other sources, with its confidence; used by
 * `copying/completion.ts` and the copying benchmark. Runs no model.
 */
import { createStopRule } from '../../stopping/createStopRule';
import { splitAtCursor, unixLineEnds } from '../../../common/text/cursor';
import type { CompletionMode, CopiedFrom } from '../../../ipc/engine/protocol';
import { candidatesAt } from './candidates';
import { choose } from './choice';
import type { Situation } from './choice';
import { Judge } from './evidence';
import type { CopyEvidence } from './evidence';
import { placesLike } from '../../../nearby/matches';
import type { AlignedMatch, SourceText } from '../../../nearby/matches';

/** Of the line before the cursor, so much is read to see where a text ends. UTF-16 units. */
const maxLineLength = 2_000;

/** What is copied, and what is known of how well it suits the place. */
export interface Copy {
  readonly text: string;
  readonly from: CopiedFrom;
  /** Probability in 0…1 that a programmer would have written exactly this. */
  readonly confidence: number;
}

export interface CopyPlace {
  /** As in `CompleteParams`. */
  readonly path: string;
  readonly prefix: string;
  readonly suffix: string;
  readonly mode: CompletionMode;
}

/** All that could be copied to a place, and what speaks for each. */
export interface FoundCopies {
  readonly candidates: readonly { readonly text: string; readonly from: CopiedFrom; readonly evidence: CopyEvidence }[];
  readonly situation: Situation;
}

/**
 * The text that followed where something else ended like the text before the cursor: code repeats itself, to the letter
 * or with other names in the same places. Of all that is found, what suits the place best.
 *
 * @param others nearest first; the text around the cursor itself comes before them
 * @returns `undefined` where nothing is found, or where nothing would be proposed
 */
export function findCopy(place: CopyPlace, others: readonly SourceText[]): Copy | undefined {
  const { candidates, situation } = findCandidates(place, others);
  const best = choose(candidates, situation);
  return best && { text: best.chosen.text, from: best.chosen.from, confidence: best.confidence };
}

export function findCandidates(place: CopyPlace, others: readonly SourceText[]): FoundCopies {
  const { prefix, rest, nextLines } = splitAtCursor(place.prefix, place.suffix);
  const above: SourceText = { path: place.path, text: prefix };
  const below: SourceText = { path: place.path, text: unixLineEnds(place.suffix) };
  const places = placesLike(above, [below, ...others]);
  const judge = new Judge({ prefix, nextLines }, places);
  const candidates = candidatesAt(places, createStopRule(place.mode, place.path, prefix.slice(-maxLineLength), rest));
  return {
    candidates: candidates.map((candidate) => ({
      text: candidate.text,
      from: { ...whereIs(candidate.best, above, below), ...(candidate.isRenamed && { renamed: true as const }) },
      evidence: judge.evidenceFor(candidate),
    })),
    situation: { hasRest: rest.trim() !== '', isBlock: place.mode === 'block' },
  };
}

function whereIs({ source, at }: AlignedMatch, above: SourceText, below: SourceText): CopiedFrom {
  if (source === above) return { kind: 'here', lines: -lineBreaks(above.text.slice(at)) };
  if (source === below) return { kind: 'here', lines: lineBreaks(below.text.slice(0, at)) };
  return { kind: 'file', path: source.path, line: 1 + lineBreaks(source.text.slice(0, at)) };
}

const lineBreaks = (text: string): number => text.split('\n').length - 1;
