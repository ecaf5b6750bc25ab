/**
 * Ends the text of a server where a rule says so: while it is written, and once it is there. Used where completions and summaries
 * are asked for. It chooses no rule; that is handed in.
 */
import type { ServerText, WriteOptions } from './writeText';

/** Where a text ends, as `StopRule` says it. Lengths in UTF-16 units. */
export interface EndRule {
  check(text: string): { readonly settled: number; readonly end?: number };
  finish(text: string, ending: 'complete' | 'cutOff'): number;
}

/**
 * How a text is written that ends by a rule: the server is told to stop there.
 *
 * @param onText called with each new piece of what is settled; no piece is taken back
 */
export function endedBy(
  rule: EndRule,
  onText?: (text: string) => void,
): Required<{ [Part in 'onText' | 'until']: NonNullable<WriteOptions[Part]> }> {
  let text = '';
  let told = 0;
  return {
    onText: (piece) => {
      text += piece;
      const { settled, end } = rule.check(text);
      const upTo = end ?? settled;
      if (upTo > told) onText?.(text.slice(told, upTo));
      told = Math.max(told, upTo);
    },
    until: (so) => rule.check(so).end !== undefined,
  };
}

/** What a rule leaves of a text that was written. */
export function keptOf({ text, finish }: Pick<ServerText, 'text' | 'finish'>, rule: EndRule): string {
  const end = rule.check(text).end ?? rule.finish(text, finish === 'length' ? 'cutOff' : 'complete');
  return text.slice(0, end);
}
