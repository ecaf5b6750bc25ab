/**
 * Collects the initial symbols of a piece, unknown ones included, and merges them; used by `bytePairs.ts` and
 * `characterPairs.ts`.
 */
import { mergeSymbols } from '../bytePairEncoder';
import type { MergeTable } from '../mergeTable';
import type { PieceTokens } from './tokenModel';

/** What becomes of a symbol (a byte or a character) that is in no vocabulary. */
export interface UnknownSymbols {
  /** The token in its place. Without one the symbol is left out, as Python's `tokenizers` leaves it out. */
  readonly unknown: number | undefined;
  /** Whether unknown symbols that follow each other are one token. */
  readonly fusesUnknown: boolean;
}

/**
 * The symbols of one piece of text before byte-pair encoding merges them; both models of byte pairs collect theirs
 * here. The text of a symbol that is left out counts with the token before it, at the beginning of a piece with the one
 * behind it, so that tokens cover every piece of which anything is left.
 */
export class SymbolList {
  readonly #ids: number[] = [];
  readonly #lengths: number[] = [];
  /** Bytes left out before the first symbol. */
  #leading = 0;
  #afterUnknown = false;

  constructor(private readonly rule: UnknownSymbols) {}

  /** @param length bytes of UTF-8 */
  add(id: number, length: number): void {
    this.#ids.push(id);
    this.#lengths.push(this.#leading + length);
    this.#leading = 0;
    this.#afterUnknown = false;
  }

  /** Adds a symbol that is in no vocabulary. @param length bytes of UTF-8 */
  addUnknown(length: number): void {
    const { unknown, fusesUnknown } = this.rule;
    if (unknown !== undefined && !(this.#afterUnknown && fusesUnknown)) {
      this.add(unknown, length);
      this.#afterUnknown = true;
    } else if (this.#lengths.length > 0) {
      this.#lengths[this.#lengths.length - 1] = (this.#lengths.at(-1) ?? 0) + length;
    } else {
      this.#leading += length;
    }
  }

  merge(merges: MergeTable): PieceTokens {
    const { ids, counts } = mergeSymbols(Int32Array.from(this.#ids), merges);
    let at = 0;
    const lengths = counts.map((count) => {
      const symbols = this.#lengths.slice(at, at + count);
      at += count;
      return symbols.reduce((sum, length) => sum + length, 0);
    });
    return { ids, lengths };
  }
}
