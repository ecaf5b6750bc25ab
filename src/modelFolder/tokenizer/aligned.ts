/**
 * A normalised text that knows the source offset of each position, and the means to rewrite it; used by normalization,
 * pre-tokenization and token ranges.
 */
import type { TextSearch } from './textSearch';

/** A text that was made from another one, and where its parts come from. */
export class Aligned {
  /** @param ends, starts per offset of `text`; see below. Without them the text is the source itself */
  constructor(
    readonly text: string,
    private readonly ends?: Int32Array,
    private readonly starts?: Int32Array,
  ) {}

  /**
   * Offset in the source (UTF-16 units) at which what stands before an offset of `text` ends, or −1 where the two have
   * no common boundary, such as inside a letter that was composed.
   */
  sourceEnd(offset: number): number {
    return this.ends ? (this.ends[offset] ?? -1) : offset;
  }

  /** A stretch of the text, still aligned to the same source. */
  slice(start: number, end: number): Aligned {
    if (start === 0 && end === this.text.length) return this;
    const length = end - start + 1;
    const ends = Int32Array.from({ length }, (_, at) => this.sourceEnd(start + at));
    const starts = Int32Array.from({ length }, (_, at) => this.sourceStart(start + at));
    return new Aligned(this.text.slice(start, end), ends, starts);
  }

  /** Where what stands behind that offset begins: further on where something in between was taken out. */
  sourceStart(offset: number): number {
    return this.starts ? (this.starts[offset] ?? -1) : offset;
  }
}

/** Rewrites an aligned text from its beginning to its end. */
export class Rewriter {
  #text = '';
  readonly #ends: number[];
  readonly #starts: number[];
  #at = 0;

  constructor(private readonly source: Aligned) {
    this.#ends = [source.sourceEnd(0)];
    this.#starts = [source.sourceStart(0)];
  }

  /** Keeps the source up to `to`. */
  keep(to: number): void {
    const { source } = this;
    this.#text += source.text.slice(this.#at, to);
    for (let offset = this.#at + 1; offset <= to; offset++) {
      this.#ends.push(source.sourceEnd(offset));
      this.#starts.push(source.sourceStart(offset));
    }
    this.#at = to;
  }

  /** Puts `text` in place of the source up to `to`. */
  replace(to: number, text: string): void {
    this.#text += text;
    for (let inner = 1; inner < text.length; inner++) {
      this.#ends.push(-1);
      this.#starts.push(-1);
    }
    if (text === '') {
      const last = this.#ends.length - 1;
      this.#starts[last] = this.source.sourceStart(to);
      if ((this.#ends[last] as number) < 0) this.#ends[last] = this.source.sourceEnd(to);
    } else {
      this.#ends.push(this.source.sourceEnd(to));
      this.#starts.push(this.source.sourceStart(to));
    }
    this.#at = to;
  }

  /** Length of what there is so far. */
  get length(): number {
    return this.#text.length;
  }

  /** The rest of the source is kept. */
  finish(): Aligned {
    this.keep(this.source.text.length);
    return new Aligned(this.#text, Int32Array.from(this.#ends), Int32Array.from(this.#starts));
  }
}

/** Replaces every match of an expression; the source itself where there is none. */
export function replaceMatches(
  source: Aligned,
  expression: TextSearch,
  replacement: (match: string) => string,
): Aligned {
  let rewriter: Rewriter | undefined;
  for (const { index, 0: found } of expression[Symbol.matchAll](source.text)) {
    const text = replacement(found);
    if (text === found) continue;
    rewriter ??= new Rewriter(source);
    rewriter.keep(index);
    rewriter.replace(index + found.length, text);
  }
  return rewriter?.finish() ?? source;
}
