/**
 * Cuts code of any language into tokens that two places can be compared by; used to learn an edit and to find where it fits
 * again. Knows no grammar: a string is its quotes and what stands between them, or the words in it.
 */

/** What a token may stand for: only tokens of one kind, but for signs, can take each other's place. */
export type TokenKind = 'name' | 'number' | 'text' | 'sign' | 'break';

/** A token and where it stands: UTF-16 units from the start of the text. */
export interface CodeToken {
  readonly kind: TokenKind;
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** A longer string is not one token: that is data. UTF-16 units. */
const maxStringLength = 200;

const breaks = '(?<breaks>\\n\\s*)';
const string = `(?<quote>["'\`])(?<inside>(?:\\\\.|(?!\\k<quote>)[^\\\\\\n]){0,${maxStringLength}})\\k<quote>`;
const others = ['(?<name>[\\p{L}_$][\\p{L}\\p{M}\\p{N}_$]*)', '(?<number>\\p{N}[\\p{N}_.]*)', '(?<sign>[^\\s])'];
const patterns = {
  whole: new RegExp([breaks, string, ...others].join('|'), 'gu'),
  words: new RegExp([breaks, ...others].join('|'), 'gu'),
};

/** What a string is cut into: its quotes and what stands between them, or words and signs as everything else. */
export type StringCut = keyof typeof patterns;

/** Several line breaks in a row, and the blanks before the next sign, are one token, whatever they are. */
export function codeTokens(text: string, from = 0, to = text.length, strings: StringCut = 'whole'): CodeToken[] {
  const pattern = patterns[strings];
  const tokens: CodeToken[] = [];
  const add = (kind: TokenKind, start: number, end: number): void => {
    tokens.push({ kind, text: kind === 'break' ? '\n' : text.slice(start, end), start, end });
  };
  pattern.lastIndex = from;
  for (let match = pattern.exec(text); match !== null && match.index < to; match = pattern.exec(text)) {
    const groups = match.groups ?? {};
    const [start, end] = [match.index, match.index + match[0].length];
    if (groups.breaks !== undefined) add('break', start, start + 1);
    else if (groups.quote !== undefined) {
      add('sign', start, start + 1);
      if (groups.inside !== '') add('text', start + 1, end - 1);
      add('sign', end - 1, end);
    } else if (groups.name !== undefined) add('name', start, end);
    else if (groups.number !== undefined) add('number', start, end);
    else add('sign', start, end);
  }
  return tokens;
}
