/**
 * The interface of a token model, which turns pieces of text into tokens, and helpers for bytes and vocabularies;
 * implemented by the other modules of this folder.
 */
import * as v from 'valibot';

/** Tokens of one piece of text. */
export interface PieceTokens {
  readonly ids: readonly number[];
  /** Bytes of the piece's UTF-8 that each token stands for. */
  readonly lengths: readonly number[];
}

/** How the pieces that a pre-tokenizer cuts become tokens. */
export interface TokenModel {
  encode(piece: string): PieceTokens;
  /** What a token of the vocabulary adds to a text. */
  bytesOf(token: string): Uint8Array;
}

/** Tokens that plain text can become, by their text. */
export type Vocabulary = ReadonlyMap<string, number>;

/** Number of bytes of a code point in UTF-8. */
export function utf8Length(code: number): number {
  return code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
}

/** Names of the tokens for single bytes, where a vocabulary of characters has them. */
export const byteTokens: readonly string[] = Array.from({ length: 256 }, (_, byte) => `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`);
const byteOfToken = new Map(byteTokens.map((token, byte) => [token, byte]));

const encoder = new TextEncoder();

/** Tokens of sentencepiece: a mark stands for a space, and there are tokens for single bytes. */
export function sentencePieceBytes(token: string): Uint8Array {
  const byte = byteOfToken.get(token);
  return byte === undefined ? encoder.encode(token.replaceAll('\u2581', ' ')) : Uint8Array.of(byte);
}

/** Ids of the tokens for the bytes of a text, or undefined where one of them is not in the vocabulary. */
export function byteIdsOf(text: string, vocabulary: Vocabulary): number[] | undefined {
  const ids: number[] = [];
  for (const byte of encoder.encode(text)) {
    const id = vocabulary.get(byteTokens[byte] ?? '');
    if (id === undefined) return undefined;
    ids.push(id);
  }
  return ids;
}

/** A vocabulary as most models write it; what is in it is checked apart, with words that name the token. */
export const vocabularyRecord = v.custom<Record<string, unknown>>(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
);
