/**
 * Finds what has to stand in a text just so, phrases and regular expressions of a question; used by `search.ts` and by
 * snippets. Takes time in proportion to the text, whatever was typed: expressions run on RE2 (package re2js).
 */
import type { RE2JS as Re2 } from 're2js';
import type { ParsedQuery } from '../../ipc/indexer/query';
import { errorMessage } from '../../common/errorMessage';

/** UTF-16 units, end exclusive. */
export type Span = readonly [start: number, end: number];

/** What a question asks for to the letter. */
export interface ExactText {
  /** Whether a text holds all of it, each part beginning before `length`. */
  isIn(text: string, length?: number): boolean;
  /** Where any of it stands, in no order. */
  spansIn(text: string): Iterable<Span>;
}

/** Why a pattern is none: what RE2 has not, or what stands in it wrongly. */
export class PatternError extends Error {
  override readonly name = 'PatternError';

  constructor(
    readonly isLookAround: boolean,
    message: string,
  ) {
    super(message);
  }
}

/** Where one part of it stands. */
type Finder = (text: string) => Generator<Span>;

/** @returns undefined where nothing is asked for to the letter @throws {PatternError} */
export function exactText({ phrases, pattern }: Pick<ParsedQuery, 'phrases' | 'pattern'>): ExactText | undefined {
  const finders = [...phrases.map(phraseFinder), ...(pattern === undefined ? [] : [patternFinder(pattern)])];
  if (finders.length === 0) return undefined;
  return {
    isIn: (text, length = text.length) =>
      finders.every((find) => {
        const { value: first } = find(text).next() as { value?: Span };
        return first !== undefined && first[0] < length;
      }),
    *spansIn(text) {
      for (const find of finders) yield* find(text);
    },
  };
}

/** Upper and lower case are the same unless there is an upper one. */
const flagsFor = (text: string): string => (text === text.toLowerCase() ? 'giu' : 'gu');

/** A letter with its accent may be one character or two, in the question and in the text. */
function phraseFinder(phrase: string): Finder {
  const forms = new Set([phrase, phrase.normalize('NFC'), phrase.normalize('NFD')]);
  const source = Array.from(forms, (form) => form.replaceAll(/[\\^$.*+?()[\]{}|/]/g, '\\$&')).join('|');
  const expression = new RegExp(source, flagsFor(phrase));
  return function* (text) {
    for (const { 0: found, index } of text.matchAll(expression)) yield [index, index + found.length];
  };
}

const lookAround = /\(\?<?[=!]|\\[1-9]|\\k</;

function patternFinder(pattern: string): Finder {
  // What stands behind a backslash is no letter.
  const letters = pattern.replaceAll(/\\(?:p\{[^}]*\}|.)/gi, '');
  const isAnyCase = letters === letters.toLowerCase();
  let compiled: Re2;
  try {
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- loaded by the first question that has a pattern
    compiled = (require('re2js') as typeof import('re2js')).RE2JS.compile(`(?m)${isAnyCase ? '(?i)' : ''}${pattern}`);
  } catch (error) {
    throw new PatternError(lookAround.test(pattern), errorMessage(error));
  }
  return function* (text) {
    const matcher = compiled.matcher(text);
    for (let at = 0; at <= text.length && matcher.find(at);) {
      const [start, end] = [matcher.start(), matcher.end()];
      // What matches nothing stands everywhere.
      if (end > start) yield [start, end];
      at = end > start ? end : end + 1;
    }
  };
}
