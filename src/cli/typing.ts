/**
 * A person who types a given text in VS Code, key by key: brackets and quotes close by themselves, closers are typed
 * over, Enter indents and opens a block, and what the editor added but the text does not want is taken away again.
 *
 * Rules as in VS Code's own language configurations for JavaScript, TypeScript and Python with default settings;
 * comment continuation (` * `) is left out.
 */

import { indentUnit } from '../common/text/indentUnit';

/** The document after a key: text before and after the cursor. */
export interface Keystroke {
  readonly key: string;
  readonly prefix: string;
  readonly suffix: string;
}

export interface TypingTask {
  readonly before: string;
  /** What is typed; begins with a line break, at the end of a line. */
  readonly text: string;
  readonly after: string;
  readonly language: 'javascript' | 'python';
}

const closers: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}', '"': '"', "'": "'", '`': '`' };
const isQuote = (character: string): boolean => character === '"' || character === "'" || character === '`';
const isOpenBracket = (character: string): boolean => character === '(' || character === '[' || character === '{';
const isCloseBracket = (character: string): boolean => character === ')' || character === ']' || character === '}';
/** `autoCloseBefore` of the language configurations. */
const closesBefore = (next: string): boolean => next === '' || ';:.,=}])>` \r\n\t'.includes(next);

/** The states of the document after each key, the first key being Enter. */
export function* typing(task: TypingTask): Generator<Keystroke> {
  const editor = new Editor(task);
  const { text } = task;
  let at = 0;
  while (at < text.length) {
    const character = text[at] as string;
    if (character !== '\n') {
      at++;
      yield editor.type(character);
      continue;
    }
    const closing = /^\n[ \t]*[)\]}]/.exec(text.slice(at, at + 200))?.[0];
    if (closing !== undefined && editor.closesNext(closing)) {
      at += closing.length;
      yield editor.moveBehind(closing);
      continue;
    }
    while (editor.unwantedCloser(text.slice(at))) yield editor.deleteForward();
    yield editor.enter();
    const indentation = /^[ \t]*/.exec(text.slice(at + 1, at + 200))?.[0] ?? '';
    at += 1 + indentation.length;
    if (text[at] !== '\n') yield* editor.indentTo(indentation, text[at] ?? '');
  }
}

class Editor {
  #before: string;
  #after: string;
  /** Closers that the editor added, innermost last, as distances from the document's end: these never change. */
  readonly #added: number[] = [];
  readonly #unit: string;
  /** A closing bracket alone on its line moves to where its block began. */
  #outdentsNext = false;
  readonly #language: TypingTask['language'];

  constructor({ before, text, after, language }: TypingTask) {
    this.#before = before;
    this.#after = after;
    this.#language = language;
    this.#unit = indentUnit(before + text + after);
  }

  type(character: string): Keystroke {
    if (this.#after.startsWith(character) && this.#nextIsAdded() && !this.#before.endsWith('\\')) {
      this.#added.pop();
      this.#advance(1);
      return this.#state(character);
    }
    if (this.#outdentsNext) this.#before = this.#before.slice(0, -this.#unit.length);
    this.#outdentsNext = false;
    const close = this.#closerFor(character);
    this.#before += character;
    if (close !== undefined) {
      this.#after = close + this.#after;
      this.#added.push(this.#after.length);
    }
    return this.#state(character);
  }

  enter(): Keystroke {
    const line = this.#line();
    const indentation = /^[ \t]*/.exec(line)?.[0] ?? '';
    const last = line.trimEnd().at(-1) ?? '';
    const blank = line !== '' && line.trim() === '';
    // White space that the editor put on a line which stayed empty is taken away.
    if (blank) this.#before = this.#before.slice(0, -line.length);
    const opens = isOpenBracket(last) || (this.#language === 'python' && last === ':');
    if (isOpenBracket(last) && this.#after.startsWith(closers[last] as string))
      this.#after = `\n${indentation}${this.#after}`;
    this.#before += `\n${indentation}${opens ? this.#unit : ''}`;
    return this.#state('Enter');
  }

  /** Tab and Backspace until the line is indented as wanted; a closer does that by itself. */
  *indentTo(wanted: string, next: string): Generator<Keystroke> {
    this.#outdentsNext = this.#language !== 'python' && isCloseBracket(next) && this.#line() === wanted + this.#unit;
    if (this.#outdentsNext) return;
    while (this.#line() !== wanted) {
      const line = this.#line();
      const grows = wanted.startsWith(line);
      const shrunk = line.slice(0, Math.max(0, line.length - this.#unit.length));
      const changed = grows
        ? wanted.slice(0, line.length + this.#unit.length)
        : wanted.length < line.length
          ? shrunk
          : wanted;
      this.#before = this.#before.slice(0, this.#before.length - line.length) + changed;
      yield this.#state(grows ? 'Tab' : 'Backspace');
    }
  }

  /** Whether the document goes on with exactly this line break and closer, which the editor has put there. */
  closesNext(closing: string): boolean {
    return this.#after.startsWith(closing) && this.#added.at(-1) === this.#after.length - (closing.length - 1);
  }

  moveBehind(closing: string): Keystroke {
    this.#added.pop();
    this.#advance(closing.length);
    return this.#state('Move');
  }

  /** Whether a closer after the cursor is in the way of the text still to be typed. */
  unwantedCloser(text: string): boolean {
    if (!this.#nextIsAdded()) return false;
    const next = this.#after.charAt(0);
    if (isQuote(next)) return next !== '`';
    const wanted = firstUnmatchedCloser(text);
    return wanted !== undefined && wanted !== next;
  }

  deleteForward(): Keystroke {
    this.#added.pop();
    this.#after = this.#after.slice(1);
    return this.#state('Delete');
  }

  #state(key: string): Keystroke {
    return { key, prefix: this.#before, suffix: this.#after };
  }

  #advance(count: number): void {
    this.#before += this.#after.slice(0, count);
    this.#after = this.#after.slice(count);
  }

  #nextIsAdded(): boolean {
    return this.#after !== '' && this.#added.at(-1) === this.#after.length;
  }

  #line(): string {
    return this.#before.slice(this.#before.lastIndexOf('\n') + 1);
  }

  #closerFor(character: string): string | undefined {
    const close = closers[character];
    if (close === undefined || !closesBefore(this.#after.charAt(0))) return undefined;
    if (!isQuote(character)) return close;
    if (character === '`' && this.#language === 'python') return undefined;
    const previous = this.#before.at(-1) ?? '';
    return /\w/.test(previous) || previous === character || this.#inStringOrComment() ? undefined : close;
  }

  /** Judged by the cursor's line alone, and a line of a block comment by its asterisk. */
  #inStringOrComment(): boolean {
    const line = this.#line();
    if (this.#language === 'javascript' && /^\s*(\/\*|\*)/.test(line)) return true;
    let quote = '';
    for (let i = 0; i < line.length; i++) {
      const character = line.charAt(i);
      if (quote !== '') {
        if (character === '\\') i++;
        else if (character === quote) quote = '';
      } else if (isQuote(character)) quote = character;
      else if (this.#language === 'python' ? character === '#' : line.startsWith('//', i)) return true;
    }
    return quote !== '';
  }
}

/** The first closing bracket of a text that closes nothing opened in it. */
function firstUnmatchedCloser(text: string): string | undefined {
  let depth = 0;
  for (const character of text) {
    if (isOpenBracket(character)) depth++;
    else if (isCloseBracket(character) && depth-- === 0) return character;
  }
  return undefined;
}

/** Whether a text leaves no bracket open, so that none which the editor closed stays behind. */
function leavesNothingOpen(text: string): boolean {
  let depth = 0;
  for (const character of text) {
    if (isOpenBracket(character)) depth++;
    else if (isCloseBracket(character)) depth = Math.max(0, depth - 1);
  }
  return depth === 0;
}

/**
 * Places in a file where a person might have typed: `count` stretches of `length` characters or somewhat more, spread
 * evenly, each from the end of a line to the end of a line after which no bracket is left open.
 */
export function typingTasks(
  file: string,
  language: TypingTask['language'],
  count: number,
  length: number,
): TypingTask[] {
  const tasks: TypingTask[] = [];
  for (let i = 0; i < count; i++) {
    const start = file.indexOf('\n', Math.floor((file.length * (i + 0.5)) / count));
    for (
      let end = start < 0 ? -1 : file.indexOf('\n', start + length);
      end >= 0 && end < start + 5 * length;
      end = file.indexOf('\n', end + 1)
    ) {
      const text = file.slice(start, end);
      if (!leavesNothingOpen(text)) continue;
      tasks.push({ before: file.slice(0, start), text, after: file.slice(end), language });
      break;
    }
  }
  return tasks;
}
