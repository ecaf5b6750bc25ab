/**
 * Stop rules for written text: one sentence, or everything the model writes; used by `generate.ts` and the encoder-
 * decoder's `writer.ts`.
 */
import type { StopRule } from './stopRule';

/** A full stop behind one of these ends no sentence. */
const abbreviation = /(?:^|[\s(])(?:e\.g|i\.e|etc|vs|cf|resp|approx|incl|a\.k\.a|no|fig)\.$/i;

/** One sentence on one line: ends behind a full stop, question or exclamation mark that a blank follows, or with the line. */
export const sentenceRule: StopRule = {
  check: (text) => {
    const end = endOfSentence(text);
    return end === undefined ? { settled: text.trimEnd().length } : { settled: end, end };
  },
  finish: (text) => text.trimEnd().length,
};

function endOfSentence(text: string): number | undefined {
  const start = text.search(/\S/);
  if (start < 0) return undefined;
  const lineBreak = text.indexOf('\n', start);
  const line = lineBreak < 0 ? text : text.slice(0, lineBreak);
  for (const { index } of line.matchAll(/[.!?](?=\s)/g)) {
    if (index >= start && !abbreviation.test(line.slice(0, index + 1))) return index + 1;
  }
  return lineBreak < 0 ? undefined : line.trimEnd().length;
}

/** All that the model writes. */
export const wholeTextRule: StopRule = {
  check: (text) => ({ settled: text.trimEnd().length }),
  finish: (text) => text.trimEnd().length,
};
