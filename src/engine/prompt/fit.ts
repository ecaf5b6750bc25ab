/**
 * Cuts paths, heads and tails of texts to token counts, at places that stay put while text is appended, so that cached
 * prefixes hold; used by `layout.ts`, `documentation.ts` and `generate.ts`.
 */
import { BoundedCache } from '../../modelFolder/tokenizer/boundedCache';
import type { Tokenizer } from '../../modelFolder/tokenizer/tokenizer';
import { characterEnd } from '../../ipc/engine/documentWindow';

/** Counts of tokens that change with every key are rounded up to this, so that what depends on them rarely changes. */
export const grain = 32;

export const roundUp = (count: number): number => Math.ceil(count / grain) * grain;

/** UTF-16 units between two places where a text may begin, at least. */
const closestPlaces = 8;
/** Texts are first cut to this many UTF-16 units for each token wanted; of code, few tokens are as long. */
const unitsPerToken = 16;

/** Cuts texts to numbers of tokens. Each result is a function of its arguments alone. */
export class Fitter {
  /** Texts that come again with the next key: the path and the lines before the cursor's; context and those after it. */
  readonly #encoded = new BoundedCache<string, readonly number[]>(64);
  readonly #heads = new BoundedCache<string, { readonly limit: number; readonly ids: readonly number[] }>(64);

  constructor(private readonly tokenizer: Tokenizer) {}

  /** Tokens of a path and a line break, at most `limit`; folders are left out from the outside inwards. */
  path(path: string, limit: number): readonly number[] {
    const ids = this.#encode(`${path.slice(-limit * unitsPerToken)}\n`);
    const folder = path.indexOf('/');
    if (ids.length <= limit || folder < 0) return lastOf(ids, limit);
    return this.path(path.slice(folder + 1), limit);
  }

  /** Tokens of the beginning of a text, at most `limit`: whole lines, or a part of the first where that is longer. */
  head(text: string, limit: number): readonly number[] {
    const known = this.#heads.get(text);
    if (known?.limit === limit) return known.ids;
    const ids = this.#cutHead(text, limit);
    this.#heads.set(text, { limit, ids });
    return ids;
  }

  /**
   * Tokens of the end of a text, at most `limit`, from one of few places on. As long as characters are only appended,
   * the place stays the same until there is no more room, and then moves on by about a quarter of it.
   */
  tail(text: string, limit: number): readonly number[] {
    if (limit <= 0) return [];
    // Three characters a token is usual for code. Text that needs more tokens gets closer places, the former among them.
    for (let spacing = 2 ** Math.round(Math.log2(limit * 0.75)); spacing >= closestPlaces; spacing /= 2) {
      const ids = this.#tailFrom(text, limit, spacing);
      if (ids) return ids;
    }
    return lastOf(this.tokenizer.encode(text.slice(characterEnd(text, Math.max(0, text.length - limit)))), limit);
  }

  #encode(text: string): readonly number[] {
    const known = this.#encoded.get(text);
    if (known) return known;
    const ids = this.tokenizer.encode(text);
    this.#encoded.set(text, ids);
    return ids;
  }

  #cutHead(whole: string, limit: number): readonly number[] {
    const text = whole.slice(0, characterEnd(whole, limit * unitsPerToken));
    const { ids, ranges } = this.tokenizer.encodeWithRanges(text);
    if (ids.length <= limit) return Array.from(ids);
    const end = limit > 0 ? (ranges[2 * limit - 1] ?? 0) : 0;
    const lines = text.slice(0, text.lastIndexOf('\n', end - 1) + 1);
    const cut = lines === '' ? Array.from(ids) : this.tokenizer.encode(lines);
    return cut.slice(0, limit);
  }

  /** The longest tail that fits and begins at a multiple of `spacing` units, moved on to the next line start. */
  #tailFrom(text: string, limit: number, spacing: number): readonly number[] | undefined {
    const lineStart = text.lastIndexOf('\n') + 1;
    const fitting: number[] = [];
    let lineSize: number | undefined;
    for (const start of starts(text, spacing)) {
      // What precedes the cursor's line only grows with whole lines, so its exact size does not flutter.
      const before = start < lineStart ? this.#encode(text.slice(start, lineStart)).length : 0;
      const line =
        start <= lineStart ? (lineSize ??= this.#sizeOfLine(text, lineStart)) : this.#sizeOfLine(text, start);
      if (before + line > limit) break;
      fitting.push(start);
    }
    // In one piece a text may, rarely, have more tokens than in two.
    for (const start of fitting.reverse()) {
      const ids = this.tokenizer.encode(text.slice(start));
      if (ids.length <= limit) return ids;
    }
    return undefined;
  }

  #sizeOfLine(text: string, start: number): number {
    return roundUp(this.tokenizer.encode(text.slice(start)).length);
  }
}

const lastOf = (ids: readonly number[], count: number): readonly number[] => (count > 0 ? ids.slice(-count) : []);

/** Places where a text may begin, the last first. None of them changes when the text grows at its end. */
function* starts(text: string, spacing: number): Generator<number> {
  for (let anchor = Math.floor(text.length / spacing) * spacing; anchor > 0; anchor -= spacing) {
    const lineStart = text.indexOf('\n', anchor - 1) + 1;
    if (lineStart > 0 && lineStart <= anchor + spacing) yield lineStart;
    else if (anchor + spacing <= text.length) yield characterEnd(text, anchor);
  }
  yield 0;
}
