/**
 * Code as the model is shown it, with the file lines that each of its lines stands for. Used to build prompts and to
 * trace summaries back to lines.
 */

/** Lines of a file, from 0, both included. */
export interface Lines {
  readonly first: number;
  readonly last: number;
}

const none = -1;

/** Code as a model is shown it, with the lines of the file that each of its lines stands for. */
export class Excerpt {
  /** @param origins two numbers for each line of the text: the first and the last line that it stands for; -1 for none */
  constructor(
    readonly text: string,
    private readonly origins: Int32Array,
  ) {}

  /** What a line of the text stands for; undefined for blank lines. */
  origin(line: number): Lines | undefined {
    const first = this.origins[2 * line] ?? none;
    return first === none ? undefined : { first, last: this.origins[2 * line + 1] as number };
  }

  /** What a stretch of the text stands for. UTF-16 units, end exclusive. */
  originOf(start: number, end: number): Lines | undefined {
    let all: Lines | undefined;
    const from = lineBreaksIn(this.text.slice(0, start));
    const to = from + lineBreaksIn(this.text.slice(start, end));
    for (let line = from; line <= to; line++) all = joined(all, this.origin(line));
    return all;
  }

  /** A stretch of the text. */
  slice(start: number, end: number): Excerpt {
    return new Excerpt(this.text.slice(start, end), this.origins.slice(2 * lineBreaksIn(this.text.slice(0, start))));
  }

  /** The same with one line break at its end. */
  closed(): Excerpt {
    return new Excerpt(`${this.text.trimEnd()}\n`, this.origins);
  }
}

/** An excerpt that grows at its end. */
export class ExcerptBuilder {
  #text = '';
  readonly #origins: number[] = [none, none];

  /** @param origin what each line of the piece stands for, counted from 0 */
  add(piece: string, origin: (line: number) => Lines | undefined): void {
    for (const [line, text] of piece.split('\n').entries()) {
      if (line > 0) {
        this.#text += '\n';
        this.#origins.push(none, none);
      }
      this.#text += text;
      if (text.trim() !== '') this.#extend(origin(line));
    }
  }

  build(): Excerpt {
    return new Excerpt(this.#text, Int32Array.from(this.#origins));
  }

  #extend(lines: Lines | undefined): void {
    const at = this.#origins.length - 2;
    const first = this.#origins[at] as number;
    const all = joined(first === none ? undefined : { first, last: this.#origins[at + 1] as number }, lines);
    if (all !== undefined) [this.#origins[at], this.#origins[at + 1]] = [all.first, all.last];
  }
}

/** How many lines of a text end. */
export function lineBreaksIn(text: string): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count++;
  return count;
}

function joined(a: Lines | undefined, b: Lines | undefined): Lines | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return { first: Math.min(a.first, b.first), last: Math.max(a.last, b.last) };
}
