import { byteCharacters, byteText, tokenBytes } from '../byteAlphabet';
import { mergeBytes } from '../bytePairEncoder';
import type { MergeTable } from '../mergeTable';
import type { PieceTokens, TokenModel, Vocabulary } from './tokenModel';

export interface BytePairs {
  readonly vocabulary: Vocabulary;
  readonly merges: MergeTable;
  /** A piece that is a token as it stands is not built from merges. */
  readonly wholeTokensFirst: boolean;
}

/** Bytes that never occur in UTF-8, which some vocabularies leave out. */
const neverInUtf8 = (byte: number): boolean => byte === 0xc0 || byte === 0xc1 || byte >= 0xf5;

/** Byte-pair encoding of bytes: GPT-2, RoBERTa, Qwen, StarCoder. @throws {Error} where a byte has no token */
export class BytePairModel implements TokenModel {
  readonly #byteIds: Int32Array;
  readonly #utf8 = new TextEncoder();

  constructor(private readonly parts: BytePairs) {
    const { vocabulary } = parts;
    this.#byteIds = Int32Array.from(byteCharacters, (character, byte) => {
      const id = vocabulary.get(character);
      if (id === undefined && !neverInUtf8(byte)) throw new Error(`its vocabulary lacks the byte ${byte}`);
      return id ?? 0;
    });
  }

  encode(piece: string): PieceTokens {
    const bytes = this.#utf8.encode(piece);
    const whole = this.parts.wholeTokensFirst ? this.parts.vocabulary.get(byteText(bytes)) : undefined;
    if (whole !== undefined) return { ids: [whole], lengths: [bytes.length] };
    const { ids, counts } = mergeBytes(bytes, this.#byteIds, this.parts.merges);
    return { ids, lengths: counts };
  }

  bytesOf(token: string): Uint8Array {
    return tokenBytes(token) ?? this.#utf8.encode(token);
  }
}
