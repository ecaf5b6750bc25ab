const partners: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };
const closers = new Set(Object.values(partners));

/** What a piece of a line opens and closes. */
export interface Scan {
  /** The closing brackets and quotes whose partners stand before the text, in order. */
  readonly closesOuter: string;
  /** The closers that the text leaves to be written for what it opened itself, innermost last. */
  readonly leavesOpen: readonly string[];
}

/**
 * Follows brackets and quotes through a text: what a backslash precedes is skipped, brackets inside a string do not count.
 *
 * @param quotes the characters that begin a string
 * @param string the quote of the string in which the text begins, if it begins in one
 */
export function scanBrackets(text: string, quotes: string, string?: string): Scan {
  const open: string[] = [];
  let quote = string;
  let outerQuote = string !== undefined;
  let closesOuter = '';
  for (let at = 0; at < text.length; at++) {
    const character = text.charAt(at);
    if (character === '\\') at++;
    else if (quote !== undefined) {
      if (character !== quote) continue;
      if (outerQuote) closesOuter += character;
      quote = undefined;
      outerQuote = false;
    } else if (quotes.includes(character)) quote = character;
    else if (partners[character] !== undefined) open.push(partners[character]);
    else if (closers.has(character) && open.pop() === undefined) closesOuter += character;
  }
  return { closesOuter, leavesOpen: quote === undefined || outerQuote ? open : [...open, quote] };
}

/** The quote of the string that a line's beginning leaves open. */
export function openString(startOfLine: string, quotes: string): string | undefined {
  const last = scanBrackets(startOfLine, quotes).leavesOpen.at(-1);
  return last !== undefined && quotes.includes(last) ? last : undefined;
}

/** The brackets and quotes of a text, in order. */
export function bracketsOf(text: string, quotes: string): string {
  return Array.from(text)
    .filter((character) => '()[]{}'.includes(character) || quotes.includes(character))
    .join('');
}
