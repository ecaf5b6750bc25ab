/**
 * Parses a search question into words, phrases and filters, and applies the filters; used by the indexer and by the
 * explanation of search hits.
 */
import { pathPattern } from '../../common/files/pathPattern';

/** A question as it was typed: words, and what narrows it down. */
export interface ParsedQuery {
  /** What is asked for, without filters, with the words of the phrases. */
  readonly text: string;
  /** Exact phrases that the text has to hold; case-sensitive unless all in lower case. */
  readonly phrases: readonly string[];
  /** Languages by VS Code's names or endings of files; one of them has to fit. */
  readonly languages: readonly string[];
  /** Parts of paths or patterns with `*` and `**`; one of them has to fit. */
  readonly paths: readonly string[];
  /** None of these may fit. */
  readonly withoutPaths: readonly string[];
  /** Parts of the names of definitions; one of them has to fit. */
  readonly symbols: readonly string[];
}

const token = /(-?)(lang|path|symbol):(?:"([^"]*)"|(\S+))|"([^"]*)"|(\S+)/gi;

/** Reads `retry lang:ts path:src/ -path:test symbol:fetch "exactly this"`. An unclosed quote is a character as any other. */
export function parseQuestion(input: string): ParsedQuery {
  const words: string[] = [];
  const phrases: string[] = [];
  const filters: Record<string, string[]> = { lang: [], path: [], '-path': [], symbol: [] };
  for (const [whole, minus = '', name = '', quoted, plain, phrase] of input.matchAll(token)) {
    const filter = filters[minus + name.toLowerCase()];
    if (filter !== undefined) filter.push(quoted ?? plain ?? '');
    else if (phrase === undefined) words.push(whole);
    else if (phrase.trim() !== '') {
      phrases.push(phrase);
      words.push(phrase);
    }
  }
  const { lang = [], path = [], symbol = [] } = filters;
  return {
    text: words.join(' '),
    phrases,
    languages: lang,
    paths: path,
    withoutPaths: filters['-path'] ?? [],
    symbols: symbol,
  };
}

/**
 * What tells whether a file may hold an answer.
 *
 * @returns takes the file's path from the root, with `/` between folders, and its language
 */
export function fileFilter({
  languages,
  paths,
  withoutPaths,
}: ParsedQuery): (path: string, language: string) => boolean {
  const wanted = languages.map((language) => language.toLowerCase());
  const inside = paths.map(pathFilter);
  const outside = withoutPaths.map(pathFilter);
  return (path, language) =>
    (wanted.length === 0 || wanted.some((one) => fitsLanguage(one, path, language))) &&
    (inside.length === 0 || inside.some((fits) => fits(path))) &&
    !outside.some((fits) => fits(path));
}

/** Whether a chunk stands in a definition that is asked for. @param symbols outermost first */
export function acceptsSymbols({ symbols: wanted }: ParsedQuery, symbols: readonly string[]): boolean {
  return (
    wanted.length === 0 ||
    wanted.some((part) => symbols.some((symbol) => symbol.toLowerCase().includes(part.toLowerCase())))
  );
}

/** Whether a text holds every phrase. */
export function acceptsText({ phrases }: ParsedQuery, text: string): boolean {
  return phrases.every((phrase) => (phrase === phrase.toLowerCase() ? text.toLowerCase() : text).includes(phrase));
}

function fitsLanguage(wanted: string, path: string, language: string): boolean {
  return language === wanted || path.toLowerCase().endsWith(`.${wanted}`);
}

/** A part of a path, or a pattern where there is a `*` in it. */
function pathFilter(filter: string): (path: string) => boolean {
  if (filter.includes('*')) return pathPattern(filter);
  const part = filter.toLowerCase();
  return (path) => path.toLowerCase().includes(part);
}

/** A question as a person would have typed it: in code whose like is looked for, nothing is a filter or a phrase. */
export function typed(text: string, kind: 'words' | 'code'): string {
  return kind === 'code' ? text.replaceAll(/["“”]|(?<=\b(?:lang|path|symbol)):/gi, ' ') : text;
}
