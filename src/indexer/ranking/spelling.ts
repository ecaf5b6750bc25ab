/**
 * Finds the word that was meant where one letter is wrong, missing, too many or in the wrong place (Damerau 1964), among the
 * terms of an index; used by `search.ts` for questions none of whose words is in the code.
 */
import { termsOfQuestion } from '../../common/text/terms';

/** UTF-16 units: shorter words have too many others beside them, and longer ones are no words. */
const [minWordLength, maxWordLength] = [4, 32];
const latin = 'abcdefghijklmnopqrstuvwxyz';

/** A word as it was typed, and what it was taken for. */
export interface Correction {
  readonly from: string;
  readonly to: string;
}

/**
 * The words of a question that are in no chunk, each with the word that most chunks have.
 *
 * @param countOf in how many chunks a term stands
 */
export function correctionsOf(text: string, countOf: (term: string) => number): Correction[] {
  const words = new Set(text.match(/[\p{L}\p{M}\p{N}_$]+/gu) ?? []);
  return [...words].flatMap((from) => {
    const to = correct(from.toLowerCase(), countOf);
    return to === undefined ? [] : [{ from, to }];
  });
}

function correct(word: string, countOf: (term: string) => number): string | undefined {
  if (word.length < minWordLength || word.length > maxWordLength) return undefined;
  let best: { readonly word: string; readonly count: number } | undefined;
  const counts = new Map<string, number>();
  for (const other of oneEditAway(word)) {
    const [term, ...more] = termsOfQuestion(other);
    if (term === undefined || more.length > 0) continue;
    let count = counts.get(term);
    if (count === undefined) counts.set(term, (count = countOf(term)));
    if (count > (best?.count ?? 0)) best = { word: other, count };
  }
  return best?.word;
}

/** The first letter is hardly ever wrong, so that it stays: letters change places, go, come, or are others. */
function* oneEditAway(word: string): Generator<string> {
  const signs = [...new Set(latin + word)];
  for (let at = 1; at <= word.length; at++) {
    const [before, behind] = [word.slice(0, at), word.slice(at)];
    if (behind.length > 1) yield `${before}${behind[1] ?? ''}${behind[0] ?? ''}${behind.slice(2)}`;
    if (behind !== '') yield before + behind.slice(1);
    for (const sign of signs) {
      yield before + sign + behind;
      if (behind !== '' && !behind.startsWith(sign)) yield before + sign + behind.slice(1);
    }
  }
}
