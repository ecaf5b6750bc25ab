/**
 * Tells code from strings and comments, character by character, for the rules that end a completion and fit it to its
 * place. It is no parser: what it misjudges on a line is forgotten at the end of that line, and until then only makes the
 * rules that ask it more careful.
 */
import type { Language } from './languages';

const closers: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{' };
/** Characters that begin a comment or a string, at most. */
const maxMarkLength = 4;

export class Scanner {
  /** Open brackets, the outermost first. */
  readonly open: string[] = [];
  readonly #language: Pick<Language, 'comments' | 'strings'>;
  /** What ends the string in which the scan stands; empty in code. */
  #quote = '';
  /** What ends the comment in which the scan stands. */
  #comment = '';
  #escaped = false;
  /** The last characters of the line, since something began or ended. */
  #last = '';

  constructor(language: Pick<Language, 'comments' | 'strings'>) {
    this.#language = language;
  }

  /** What ends the string in which the scan stands; empty where it stands in none. */
  get quote(): string {
    return this.#quote;
  }

  get isInComment(): boolean {
    return this.#comment !== '';
  }

  /** Another scan that goes on from here: what stands before many texts is read once. */
  copy(): Scanner {
    const copy = new Scanner(this.#language);
    copy.open.push(...this.open);
    copy.#quote = this.#quote;
    copy.#comment = this.#comment;
    copy.#escaped = this.#escaped;
    copy.#last = this.#last;
    return copy;
  }

  feedAll(text: string): this {
    for (const character of text) this.feed(character);
    return this;
  }

  /** @returns true where the character is code, not part of a string or comment */
  feed(character: string): boolean {
    if (character === '\n') return this.#endLine();
    const before = this.#last;
    this.#last = (before + character).slice(-maxMarkLength);
    if (this.#comment !== '') return this.#inComment();
    if (this.#quote !== '') return this.#inString(character);
    if (this.#beginsString(character, before) || this.#beginsComment()) return false;
    if (closers[character] !== undefined) {
      if (this.open.at(-1) === closers[character]) this.open.pop();
    } else if (isOpener(character)) {
      this.open.push(character);
    }
    return true;
  }

  #endLine(): boolean {
    const { comments, strings } = this.#language;
    this.#last = '';
    this.#escaped = false;
    if (this.#comment !== comments.block?.[1]) this.#comment = '';
    if (this.#quote.length === 1 && !strings.multiline.includes(this.#quote)) this.#quote = '';
    return this.#quote === '' && this.#comment === '';
  }

  #inComment(): false {
    const { lines, block } = this.#language.comments;
    if (this.#last.endsWith(this.#comment)) this.#become('');
    // A comment of Lua begins like a line's, until it is there as a whole.
    else if (block !== undefined && lines.some((mark) => block[0].startsWith(mark)) && this.#last.endsWith(block[0]))
      this.#become(block[1]);
    return false;
  }

  #inString(character: string): false {
    // A backslash that is itself escaped escapes nothing.
    const escaped = this.#escaped;
    this.#escaped = character === '\\' && !escaped;
    if (!escaped && this.#last.endsWith(this.#quote)) this.#become('');
    return false;
  }

  /** Three quotes are an empty string and the next one's begin, until the third is there. */
  #beginsString(character: string, before: string): boolean {
    const { quotes, long } = this.#language.strings;
    const opening = long.find((mark) => this.#last.endsWith(mark)) ?? (quotes.includes(character) ? character : '');
    // `10'000` in C, and the apostrophe of `isn't`.
    const isInWord = character === "'" && /[\p{L}\p{N}]$/u.test(before) && !/\b[bBfFlLrRuU]{1,2}8?$/.test(before);
    if (opening === '' || (isInWord && opening.length === 1)) return false;
    this.#quote = opening;
    this.#last = opening.length === 1 ? this.#last : '';
    return true;
  }

  #beginsComment(): boolean {
    const { lines, block } = this.#language.comments;
    if (block !== undefined && this.#last.endsWith(block[0])) {
      // `(*` and `{-` were taken for brackets until they were there as a whole.
      for (const character of block[0].slice(0, -1)) if (isOpener(character)) this.open.pop();
      this.#become(block[1]);
    } else if (lines.some((mark) => this.#last.endsWith(mark))) this.#comment = '\n';
    return this.#comment !== '';
  }

  /** What was read so far belongs to what has ended or begun. @param comment what ends it, where one begins */
  #become(comment: string): void {
    this.#comment = comment;
    if (this.#quote.length !== 1) this.#last = '';
    this.#quote = '';
  }
}

const isOpener = (character: string): boolean => '([{'.includes(character);
export const isCloser = (character: string): boolean => closers[character] !== undefined;
