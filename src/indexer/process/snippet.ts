/** Picks and marks the few lines of a hit that show why it was found; used by `reader.ts`. */
import { termsOf } from '../../common/text/terms';
import type { ExactText } from '../ranking/exactText';
import type { Snippet } from '../../ipc/indexer/protocol';

/** A hit is recognised by a few lines; all of them are one key press away. */
const maxLines = 6;
/** UTF-16 units; the rest of a line is not shown. */
const maxLineLength = 300;
/** What a term adds to the score, beside the one that adds most, for it to be marked. */
const tellingShare = 0.25;

const word = /[\p{L}_$][\p{L}\p{M}\p{N}_$]*|\p{N}+/gu;

/** Of what each term adds to the score, those that say why a piece was found: “a” and “of” stand everywhere. */
export function tellingTerms(added: Readonly<Record<string, number>>): ReadonlySet<string> {
  const most = Math.max(...Object.values(added));
  return new Set(Object.keys(added).filter((term) => (added[term] ?? 0) >= most * tellingShare));
}

/**
 * The lines of a piece of code that say most about why it was found: its first one and those around what it shares with
 * the question.
 *
 * @param lines of the piece
 * @param from number of the first of them
 * @param terms what the piece shares with the question
 * @param exact what alone is marked, where it was asked for to the letter
 */
export function snippetOf(
  lines: readonly string[],
  from: number,
  terms: ReadonlySet<string>,
  exact?: Pick<ExactText, 'spansIn'>,
): Snippet {
  const known = new Map<string, boolean>();
  /** Words come again and again, and taking one apart is no small thing. */
  const isShared = (text: string): boolean => {
    let shared = known.get(text);
    if (shared === undefined) known.set(text, (shared = termsOf(text).some((term) => terms.has(term))));
    return shared;
  };
  const marked = lines.map((line) => {
    const text = line.replace(/\r$/, '').slice(0, maxLineLength);
    return { text, marks: exact === undefined ? marksIn(text, isShared) : spansOf(text, exact) };
  });
  const start = bestStart(marked);
  const shown = marked.slice(start, start + maxLines);
  while (shown.length > 1 && shown.at(-1)?.text.trim() === '') shown.pop();
  const indentation = Math.min(
    ...shown.filter(({ text }) => text.trim() !== '').map(({ text }) => text.length - text.trimStart().length),
  );
  const cut = Number.isFinite(indentation) ? indentation : 0;
  const marks: [number, number][] = [];
  let length = 0;
  const texts = shown.map(({ text, marks: own }) => {
    for (const [begin, end] of own) marks.push([length + begin - cut, length + end - cut]);
    length += Math.max(0, text.length - cut) + 1;
    return text.slice(cut);
  });
  return { line: from + start, text: texts.join('\n'), marks };
}

/** The first line, where it is not too far from what is shared; else what is shared stands in the middle. */
function bestStart(lines: readonly { readonly marks: readonly unknown[] }[]): number {
  let [first, last, most] = [0, 0, -1];
  for (let start = 0; start === 0 || start + maxLines <= lines.length; start++) {
    const count = lines
      .slice(start, start + maxLines)
      .reduce((sum, { marks }) => sum + Math.min(marks.length, 3), start === 0 ? 1 : 0);
    if (count > most) [first, last, most] = [start, start, count];
    else if (count === most && start === last + 1 && first > 0) last = start;
  }
  return Math.ceil((first + last) / 2);
}

/** What was asked for to the letter, in order. */
function spansOf(line: string, exact: Pick<ExactText, 'spansIn'>): [number, number][] {
  const spans = Array.from(exact.spansIn(line), ([start, end]): [number, number] => [start, end]);
  return spans.sort((a, b) => a[0] - b[0]);
}

/** Words of which a term is shared. */
function marksIn(line: string, isShared: (word: string) => boolean): [number, number][] {
  return Array.from(line.matchAll(word))
    .filter(([text]) => isShared(text))
    .map(({ 0: text, index }) => [index, index + text.length]);
}
