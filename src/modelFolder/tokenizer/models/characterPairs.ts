import { mergeSymbols } from '../bytePairEncoder';
import type { BytePairs } from './bytePairs';
import { byteIdsOf, sentencePieceBytes, utf8Length } from './tokenModel';
import type { PieceTokens, TokenModel } from './tokenModel';

export interface CharacterPairs extends BytePairs {
  /** What a character becomes that is in no token. Without it such a character is left out. */
  readonly unknown: number | undefined;
  /** Whether unknown characters that follow each other are one token. */
  readonly fusesUnknown: boolean;
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
    const { ids, lengths } = this.#symbols(piece);
    const merged = mergeSymbols(Int32Array.from(ids), merges);
    let at = 0;
    const sum = (count: number) => {
      let length = 0;
      for (const end = at + count; at < end; at++) length += lengths[at] as number;
      return length;
    };
    return { ids: merged.ids, lengths: merged.counts.map(sum) };
  }

  bytesOf(token: string): Uint8Array {
    return sentencePieceBytes(token);
  }

  #symbols(piece: string): { ids: number[]; lengths: number[] } {
    const { vocabulary, unknown, fusesUnknown, fallsBackToBytes } = this.parts;
    const ids: number[] = [];
    const lengths: number[] = [];
    let afterUnknown = false;
    for (const character of piece) {
      const length = utf8Length(character.codePointAt(0) ?? 0);
      const id = vocabulary.get(character);
      const bytes = id === undefined && fallsBackToBytes ? byteIdsOf(character, vocabulary) : undefined;
      if (bytes) {
        ids.push(...bytes);
        lengths.push(...bytes.map(() => 1));
      } else if (id === undefined && ((afterUnknown && fusesUnknown) || unknown === undefined) && lengths.length > 0) {
        lengths[lengths.length - 1] = (lengths.at(-1) ?? 0) + length;
      } else if (id !== undefined || unknown !== undefined) {
        ids.push((id ?? unknown) as number);
        lengths.push(length);
      }
      afterUnknown = id === undefined && !bytes;
    }
    return { ids, lengths };
  }
}
