/**
 * The interface of stop rules and the cursor line they judge; implemented in this folder and used by `written.ts` and
 * `candidates.ts`. Rules depend on the whole text, never on earlier calls.
 */
import type { Language } from '../syntax/languages';

/** What a completion is written into; line ends are `\n`. */
export interface CursorLine {
  /** Text of the cursor's line before the cursor. */
  readonly prefix: string;
  /** Text of the cursor's line behind the cursor. */
  readonly rest: string;
  readonly language: Language;
}

export interface StopVerdict {
  /** UTF-16 units from the start that no later token takes back: they can be shown already. */
  readonly settled: number;
  /** Where the completion ends, once that is certain; 0 when nothing is proposed. */
  readonly end?: number;
}

/** Why no more text comes: the model ended it, or it was cut off in the middle. */
export type Ending = 'complete' | 'cutOff';

/**
 * Where a completion ends, as far as its text tells. Functions of the whole text written so far, so asking twice or
 * in other portions changes nothing.
 */
export interface StopRule {
  check(text: string): StopVerdict;
  /** How much of a text is proposed when no more comes and `check` has found no end in it. */
  finish(text: string, ending: Ending): number;
  /**
   * Where the first line of a text that may go on behind it ends; undefined while that is not certain. A rule has this
   * where the line alone is proposed, unless the writer is sure of all the text.
   */
  firstLine?(text: string): number | undefined;
}
