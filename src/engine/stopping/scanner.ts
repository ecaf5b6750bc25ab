import type { Language } from '../../syntax/languages';

const closers: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{' };
/** Characters that begin a comment, at most. */
const longestMark = 2;

/**
 * Tells code from strings and comments, and keeps the open brackets, character by character, for the rules that end a
 * completion. It is no parser: a quote or comment that it misjudges is forgotten at the end of the line, and until then
 * it only makes the rules that ask it more careful.
 */
export class Scanner {
  /** Open brackets, the outermost first. */
  readonly open: string[] = [];
  #quote = '';
  #inComment = false;
  #previous = '';
  /** The end of the line so far, as long as what begins a comment may be. */
  #last = '';
  readonly #comments: readonly string[];
  readonly #quotes: string;
  readonly #multiline: string;

  constructor({ comments, strings }: Pick<Language, 'comments' | 'strings'>) {
    this.#comments = comments.lines;
    this.#quotes = strings.quotes;
    this.#multiline = strings.multiline;
  }

  feedAll(text: string): void {
    for (const character of text) this.feed(character);
  }

  /** @returns true where the character is code, not part of a string or comment */
  feed(character: string): boolean {
    const previous = this.#previous;
    // A backslash that is itself escaped escapes nothing.
    this.#previous = character === '\\' && previous === '\\' ? '' : character;
    this.#last = (this.#last + character).slice(-longestMark);

    if (character === '\n') {
      this.#inComment = false;
      this.#last = '';
      if (this.#quote !== '' && !this.#multiline.includes(this.#quote)) this.#quote = '';
      return true;
    }
    if (this.#inComment) return false;
    if (this.#quote !== '') {
      if (character === this.#quote && previous !== '\\') this.#quote = '';
      return false;
    }
    if (this.#quotes.includes(character)) {
      this.#quote = character;
      return false;
    }
    if (this.#comments.some((mark) => this.#last.endsWith(mark))) {
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
