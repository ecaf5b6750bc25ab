/**
 * Finds the text to copy to the cursor, from the file itself and other sources, with its confidence; used by
 * `copying/completion.ts` and the copying benchmark. Runs no model.
 */
import { hasBodyBelow, opensBlock } from '../../../stopping/blockLines';
import { createStopRule } from '../../../stopping/createStopRule';
import { splitAtCursor, unixLineEnds } from '../../../common/text/cursor';
import type { CompleteParams, CopiedFrom } from '../../../ipc/engine/protocol';
import { languageOf } from '../../../syntax/languages';
import { candidatesAt } from './candidates';
import { choose } from './choice';
import type { Situation } from './choice';
import { Judge } from './evidence';
import type { CopyEvidence } from './evidence';
import { matchesLike } from '../../../nearby/matches';
import type { AlignedMatch, SourceText } from '../../../nearby/matches';

/** Of the line before the cursor, so much is read to see where a text ends. UTF-16 units. */
const maxLineLength = 2_000;

/** What is copied, and what is known of how well it suits the cursor. */
export interface Copy {
  readonly text: string;
  readonly from: CopiedFrom;
  /** Probability in 0…1 that a programmer would have written exactly this. */
  readonly confidence: number;
}

/** Of the parameters of `complete`, those that copying reads. */
export type CopyParams = Pick<CompleteParams, 'path' | 'prefix' | 'suffix' | 'mode'>;

/** All that could be copied to the cursor, and what speaks for each. */
export interface FoundCopies {
  readonly candidates: readonly { readonly text: string; readonly from: CopiedFrom; readonly evidence: CopyEvidence }[];
  readonly situation: Situation;
}

/**
 * The text that followed where something else ended like the text before the cursor: code repeats itself, to the letter
 * or with other names in the same places. Of all that is found, what suits the cursor best.
 *
 * @param others nearest first; the text around the cursor itself comes before them
 * @returns `undefined` where nothing is found, or where nothing would be proposed
 */
export function findCopy(params: CopyParams, others: readonly SourceText[]): Copy | undefined {
  const { candidates, situation } = findCandidates(params, others);
  const best = choose(candidates, situation);
  return best && { text: best.chosen.text, from: best.chosen.from, confidence: best.confidence };
}

/**
 * As {@link findCopy}; in `auto` a block where the place or the copied line opens one and the block is likely to be right,
 * else a line.
 */
export function findSuitingCopy(
  params: CopyParams & { readonly inEmptyBody?: boolean },
  others: readonly SourceText[],
  minBlockConfidence: number,
): Copy | undefined {
  if (params.mode !== 'auto') return findCopy(params, others);
  const line = findCopy({ ...params, mode: 'line' }, others);
  const { prefix, nextLines } = splitAtCursor(params.prefix, params.suffix);
  const own = prefix.slice(prefix.lastIndexOf('\n') + 1) + (line?.text ?? '');
  const opens = opensBlock(own, languageOf(params.path)) && !hasBodyBelow(own, nextLines);
  if (params.inEmptyBody !== true && !opens) return line;
  const block = findCopy({ ...params, mode: 'block' }, others);
  return block !== undefined && block.confidence >= minBlockConfidence ? block : line;
}

export function findCandidates(params: CopyParams, others: readonly SourceText[]): FoundCopies {
  const { prefix, rest, nextLines } = splitAtCursor(params.prefix, params.suffix);
  const above: SourceText = { path: params.path, text: prefix };
  const below: SourceText = { path: params.path, text: unixLineEnds(params.suffix) };
  const matches = matchesLike(above, [below, ...others]);
  const judge = new Judge({ prefix, nextLines }, matches);
  const candidates = candidatesAt(
    matches,
    createStopRule(params.mode, params.path, { prefix: prefix.slice(-maxLineLength), rest, nextLines }),
  );
  return {
    candidates: candidates.map((candidate) => ({
      text: candidate.text,
      from: { ...whereIs(candidate.best, above, below), ...(candidate.isRenamed && { renamed: true as const }) },
      evidence: judge.evidenceFor(candidate),
    })),
    situation: { hasRest: rest.trim() !== '', isBlock: params.mode === 'block' },
  };
}

function whereIs({ source, at }: AlignedMatch, above: SourceText, below: SourceText): CopiedFrom {
  if (source === above) return { kind: 'here', lines: -lineBreaks(above.text.slice(at)) };
  if (source === below) return { kind: 'here', lines: lineBreaks(below.text.slice(0, at)) };
  return { kind: 'file', path: source.path, line: 1 + lineBreaks(source.text.slice(0, at)) };
}

const lineBreaks = (text: string): number => text.split('\n').length - 1;
