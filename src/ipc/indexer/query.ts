/**
 * Parses a search question into words, phrases, a pattern and filters; used by the indexer and by the explanation of
 * search hits. Looks at no files.
 */

/** A question as it was typed: words, and what narrows it down. */
export interface ParsedQuery {
  /** What is asked for, without filters, with the words of the phrases. */
  readonly text: string;
  /** Exact phrases that the text has to hold; case-sensitive unless all in lower case. */
  readonly phrases: readonly string[];
  /** A regular expression that has to match; case-sensitive unless all in lower case. */
  readonly pattern?: string | undefined;
  /** Names of languages or endings of files, as they were typed; one of them has to fit. */
  readonly languages: readonly string[];
  /** None of these may fit. */
  readonly withoutLanguages: readonly string[];
  /** Parts of paths or patterns with `*` and `**`, with `/` between folders; one of them has to fit. */
  readonly paths: readonly string[];
  /** None of these may fit. */
  readonly withoutPaths: readonly string[];
  /** Parts of the names of definitions; one of them has to fit. */
  readonly symbols: readonly string[];
  /** Kinds of definitions, as `function`; one of them has to fit. */
  readonly kinds: readonly string[];
}

// `path::PathBuf` is a name of C++ or Rust. A pattern begins and ends with other than a blank: `a / b / c` has none.
const token =
  /(-?)(lang(?:uage)?|path|symbol|kind):(?!:)(?:"([^"]*)"|(\S+))|["“”]([^"“”]*)["“”]|\/((?:\\.|[^\\/\s])(?:(?:\\.|[^\\/])*(?:\\.|[^\\/\s]))?)\/(i?)(?!\S)|(\S+)/gi;

/**
 * Reads `retry lang:ts -lang:json path:src/ -path:test symbol:fetch kind:function "exactly this" /or th(is|at)/i`. An unclosed
 * quote is a character as any other.
 */
export function parseQuestion(input: string): ParsedQuery {
  const words: string[] = [];
  const phrases: string[] = [];
  const filters: Record<string, string[]> = { lang: [], '-lang': [], path: [], '-path': [], symbol: [], kind: [] };
  let pattern: string | undefined;
  for (const [whole, minus = '', name = '', quoted, plain, phrase, expression, flag = ''] of input.matchAll(token)) {
    const filter = filters[minus + name.toLowerCase().replace('language', 'lang')];
    if (filter !== undefined) filter.push(quoted ?? plain ?? '');
    else if (expression !== undefined && pattern === undefined)
      pattern = flag === '' ? expression : `(?i)${expression}`;
    else if (phrase === undefined) words.push(whole);
    else if (phrase.trim() !== '') {
      phrases.push(phrase);
      words.push(phrase);
    }
  }
  const { lang = [], path = [], symbol = [], kind = [] } = filters;
  const text = words.join(' ');
  return {
    text,
    phrases: phrases.length === 0 && pattern === undefined ? operatorsIn(text, words) : phrases,
    pattern,
    languages: lang,
    withoutLanguages: filters['-lang'] ?? [],
    paths: path.map(withSlashes),
    withoutPaths: (filters['-path'] ?? []).map(withSlashes),
    symbols: symbol,
    kinds: kind.map((one) => one.toLowerCase()),
  };
}

/** Without any word in it, a question for `??=` or `=>` means these signs as they stand. One sign of ASCII alone says too little. */
function operatorsIn(text: string, words: readonly string[]): readonly string[] {
  return /[\p{L}\p{N}]/u.test(text)
    ? []
    : words.filter((word) => Array.from(word).length > 1 || /\P{ASCII}/u.test(word));
}

const withSlashes = (path: string): string => path.replaceAll('\\', '/');

/** Whether a chunk stands in a definition that is asked for. @param symbols outermost first */
export function acceptsSymbols({ symbols: wanted }: ParsedQuery, symbols: readonly string[]): boolean {
  return (
    wanted.length === 0 ||
    wanted.some((part) => symbols.some((symbol) => symbol.toLowerCase().includes(part.toLowerCase())))
  );
}

/** A question as a person would have typed it: in code whose like is looked for, nothing is a filter, a phrase or a pattern. */
export function typed(text: string, kind: 'words' | 'code'): string {
  return kind === 'code' ? text.replaceAll(/["“”/]|(?<=\b(?:lang|language|path|symbol|kind)):/gi, ' ') : text;
}
