/**
 * Proposes where the user makes the same edit next: finds the places where the latest edit fits again and keeps those that are
 * likely enough. Used by the command line and by the benchmark of next edits; changes nothing.
 */
import { analogousEdits } from './analogy';
import type { AnalogousEdit, TokenizedText } from './analogy';
import { confidenceOf } from './choice';
import { codeTokens } from './codeTokens';
import type { CodeToken } from './codeTokens';
import { alikeBefore, gatherEvidence } from './evidence';
import type { RecentEdit } from './history';

export interface ProposedEdit {
  readonly edit: AnalogousEdit;
  /** Probability in 0…1 that the user makes it. */
  readonly confidence: number;
  /** The edits that it repeats, the latest last. */
  readonly learntFrom: readonly RecentEdit[];
}

/** Less likely ones are not shown. How often those above are right: docs/features/next-edit.md. */
export const minimumConfidence = 0.7;

/** From here on nearly nine in ten were right in the packages that the weights were fitted to, cross-validated. */
export const sureConfidence = 0.85;

/** A text that is cut into tokens once, and only where something of the edit stands in it. */
export function tokenized(path: string, text: string): TokenizedText {
  let tokens: readonly CodeToken[] | undefined;
  return { path, text, tokens: () => (tokens ??= codeTokens(text)) };
}

/**
 * What repeats the latest edit, the likeliest first. An edit that was made once says too little: nothing is proposed until it
 * was made a second time.
 *
 * @param history the last edits, the latest last
 * @param sources the texts as they are now, line ends `\n`
 * @param least confidence that is asked for, 0…1
 */
export function nextEdits(
  history: readonly RecentEdit[],
  sources: readonly TokenizedText[],
  least = minimumConfidence,
): ProposedEdit[] {
  const latest = history.at(-1);
  const alike = alikeBefore(history);
  if (latest === undefined || alike.length === 0) return [];
  const found = sources.flatMap((source) => analogousEdits(latest.pattern, source));
  return gatherEvidence(history, found)
    .map(({ edit, evidence }) => ({ edit, confidence: confidenceOf(evidence), learntFrom: [...alike, latest] }))
    .filter(({ confidence }) => confidence >= least)
    .sort((a, b) => b.confidence - a.confidence);
}
