/** The token model of byte-level byte pairs, as GPT-2, Qwen and StarCoder have it; created by `definition.ts`. */
import { byteCharacters, byteText, tokenBytes } from '../byteAlphabet';
import { mergeBytes } from '../bytePairEncoder';
import type { MergeTable } from '../mergeTable';
import { SymbolList } from './symbolList';
import type { UnknownSymbols } from './symbolList';
import type { PieceTokens, TokenModel, Vocabulary } from './tokenModel';

export interface BytePairs extends UnknownSymbols {
  readonly vocabulary: Vocabulary;
  readonly merges: MergeTable;
  /** A piece that is a token as it stands is not built from merges. */
  readonly wholeTokensFirst: boolean;
}

const noToken = -1;

/** Byte-pair encoding of bytes: GPT-2, RoBERTa, Qwen, StarCoder, SmolLM. */
export class BytePairModel implements TokenModel {
  readonly #byteIds: Int32Array;
  readonly #utf8 = new TextEncoder();

  constructor(private readonly parts: BytePairs) {
    this.#byteIds = Int32Array.from(byteCharacters, (character) => parts.vocabulary.get(character) ?? noToken);
  }

  encode(piece: string): PieceTokens {
    const { vocabulary, merges, wholeTokensFirst } = this.parts;
    const bytes = this.#utf8.encode(piece);
    const whole = wholeTokensFirst ? vocabulary.get(byteText(bytes)) : undefined;
    if (whole !== undefined) return { ids: [whole], lengths: [bytes.length] };
    if (bytes.some((byte) => this.#byteIds[byte] === noToken)) return this.#symbols(bytes).merge(merges);
    const { ids, counts } = mergeBytes(bytes, this.#byteIds, merges);
    return { ids, lengths: counts };
  }

  bytesOf(token: string): Uint8Array {
    return tokenBytes(token) ?? this.#utf8.encode(token);
  }

  #symbols(bytes: Uint8Array): SymbolList {
    const symbols = new SymbolList(this.parts);
    for (const byte of bytes) {
      const id = this.#byteIds[byte] as number;
      if (id === noToken) symbols.addUnknown(1);
      else symbols.add(id, 1);
    }
    return symbols;
  }
}
