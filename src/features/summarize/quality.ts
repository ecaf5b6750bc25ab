/**
 * Judges the text that a model wrote for a summary: empty, looping, cut off, or no prose. Used by `writing.ts`; of
 * these, `present.ts` shows only text that was cut off.
 */

/** What is wrong with a sentence that a model wrote, as far as its text tells. */
export type Problem =
  /** There is none. */
  | 'empty'
  /** It says the same again and again. */
  | 'loops'
  /** It was cut off before it ended. */
  | 'cutOff'
  /** It is code or noise. */
  | 'notWords';

/** @param ended whether the model, or the end of its sentence, ended the text */
export function problemOf(text: string, ended: boolean): Problem | undefined {
  const words = text.match(/\p{L}[\p{L}\p{M}\p{N}_'’-]*/gu) ?? [];
  if (words.length === 0) return text.trim() === '' ? 'empty' : 'notWords';
  if (goesRound(words.map((word) => word.toLowerCase()))) return 'loops';
  const letters = words.reduce((sum, word) => sum + word.length, 0);
  const visible = text.replaceAll(/\s/g, '').length;
  if (letters < 0.6 * visible) return 'notWords';
  return ended ? undefined : 'cutOff';
}

/** The same word three times in a row, or the same three words three times. */
function goesRound(words: readonly string[]): boolean {
  if (words.some((word, index) => word === words[index + 1] && word === words[index + 2])) return true;
  const seen = new Map<string, number>();
  for (let index = 0; index + 2 < words.length; index++) {
    const gram = words.slice(index, index + 3).join(' ');
    const count = (seen.get(gram) ?? 0) + 1;
    if (count >= 3) return true;
    seen.set(gram, count);
  }
  return false;
}
