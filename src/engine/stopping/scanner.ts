const closers: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{' };
const quotes = '"\'`';

/** Files in which `#` begins a comment and lines, not semicolons, end statements. */
const hashFiles = /\.(py|pyi|pyw|rb|sh|bash|zsh|fish|ps1|pl|r|jl|yml|yaml|toml|cmake|mk|nim|ex|exs)$/i;

export type LineComment = '//' | '#';

export const lineCommentOf = (path: string): LineComment => (hashFiles.test(path) ? '#' : '//');

/**
 * Tells code from strings and comments, and keeps the open brackets, character by character. It knows no language in
 * particular: a quote or comment that it misjudges is forgotten at the end of the line, and until then it only makes
 * the rules that ask it more careful.
 */
export class Scanner {
  /** Open brackets, the outermost first. */
  readonly open: string[] = [];
  #quote = '';
  #inComment = false;
  #previous = '';

  constructor(private readonly lineComment: LineComment) {}

  feedAll(text: string): void {
    for (const character of text) this.feed(character);
  }

  /** @returns true where the character is code, not part of a string or comment */
  feed(character: string): boolean {
    const previous = this.#previous;
    // A backslash that is itself escaped escapes nothing.
    this.#previous = character === '\\' && previous === '\\' ? '' : character;

    if (character === '\n') {
      this.#inComment = false;
      if (this.#quote !== '`') this.#quote = '';
      return true;
    }
    if (this.#inComment) return false;
    if (this.#quote !== '') {
      if (character === this.#quote && previous !== '\\') this.#quote = '';
      return false;
    }
    if (quotes.includes(character)) {
      this.#quote = character;
      return false;
    }
    if (character === '#' ? this.lineComment === '#' : previous + character === this.lineComment) {
      this.#inComment = true;
      return false;
    }
    if (closers[character] !== undefined) {
      if (this.open.at(-1) === closers[character]) this.open.pop();
    } else if ('([{'.includes(character)) {
      this.open.push(character);
    }
    return true;
  }
}

export const isCloser = (character: string): boolean => closers[character] !== undefined;
