/**
 * The token model of character byte pairs with byte fallback, as LLaMA and Gemma have it; created by `definition.ts`.
 */
import type { BytePairs } from './bytePairs';
import { SymbolList } from './symbolList';
import { byteIdsOf, sentencePieceBytes, utf8Length } from './tokenModel';
import type { PieceTokens, TokenModel } from './tokenModel';

export interface CharacterPairs extends BytePairs {
  /** Whether a character that is in no token becomes its bytes. */
  readonly fallsBackToBytes: boolean;
}

/** Byte-pair encoding of characters, as sentencepiece has it: LLaMA, Gemma. */
export class CharacterPairModel implements TokenModel {
  constructor(private readonly parts: CharacterPairs) {}

  encode(piece: string): PieceTokens {
    const { vocabulary, merges, wholeTokensFirst } = this.parts;
    const whole = wholeTokensFirst ? vocabulary.get(piece) : undefined;
    if (whole !== undefined) return { ids: [whole], lengths: [Buffer.byteLength(piece)] };
    return this.#symbols(piece).merge(merges);
  }

  bytesOf(token: string): Uint8Array {
    return sentencePieceBytes(token);
  }

  #symbols(piece: string): SymbolList {
    const { vocabulary, fallsBackToBytes } = this.parts;
    const symbols = new SymbolList(this.parts);
    for (const character of piece) {
      const length = utf8Length(character.codePointAt(0) ?? 0);
      const id = vocabulary.get(character);
      const bytes = id === undefined && fallsBackToBytes ? byteIdsOf(character, vocabulary) : undefined;
      if (bytes) for (const byte of bytes) symbols.add(byte, 1);
      else if (id !== undefined) symbols.add(id, length);
      else symbols.addUnknown(length);
    }
    return symbols;
  }
}
