/** What a piece of a line opens and closes: brackets, quotes and angles, for what fits a suggestion to its place. */
import type { Language } from '../../syntax/languages';
import { isCloser, Scanner } from '../../syntax/scanner';

const partners: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };

export interface Scan {
  /** The closing brackets and quotes whose partners stand before the text, in order. */
  readonly closesOuter: string;
  /** Where the first of them stands in the text; its length where there is none. UTF-16 units. */
  readonly firstOuter: number;
  /** The closers that the text leaves to be written for what it opened itself, innermost last. */
  readonly leavesOpen: readonly string[];
}

/** @param before what stands before the text on its line: it may end in a string or a comment */
export function scanBrackets(text: string, language: Language, before = ''): Scan {
  const scanner = new Scanner(language).feedAll(before);
  let inOuterString = scanner.quote !== '';
  const open: string[] = [];
  let [closesOuter, firstOuter] = ['', text.length];
  const closeOuter = (character: string, at: number): void => {
    if (closesOuter === '') firstOuter = at;
    closesOuter += character;
  };
  for (let at = 0; at < text.length; at++) {
    const character = text.charAt(at);
    // In a comment brackets are in pairs, too; an apostrophe is no quote there.
    const isCode = scanner.feed(character) || scanner.isInComment;
    if (inOuterString) {
      if (scanner.quote !== '') continue;
      inOuterString = false;
      closeOuter(character, at);
    } else if (!isCode) continue;
    else if (partners[character] !== undefined) open.push(partners[character]);
    else if (isCloser(character) && open.pop() === undefined) closeOuter(character, at);
  }
  const { quote } = scanner;
  return { closesOuter, firstOuter, leavesOpen: quote === '' || inOuterString ? open : [...open, quote] };
}

/** The brackets and quotes of a text, in order. */
export function bracketsOf(text: string, { strings: { quotes } }: Language): string {
  return Array.from(text)
    .filter((character) => '()[]{}'.includes(character) || quotes.includes(character))
    .join('');
}

/** Angles that a text closes without having opened them, and that it leaves open: of generics and tags, not of comparisons and arrows. */
export function scanAngles(text: string): { readonly closesOuter: number; readonly leavesOpen: number } {
  let [closesOuter, leavesOpen] = [0, 0];
  for (const { 0: found } of text.matchAll(
    /(?<=[\p{L}\p{N}_$.]|^|[\s>])<(?=[/\p{L}_$!(\[{>&*'?]|$)|(?<![=\-\s<])>(?!=)/gu,
  )) {
    if (found === '<') leavesOpen++;
    else if (leavesOpen > 0) leavesOpen--;
    else closesOuter++;
  }
  return { closesOuter, leavesOpen };
}
