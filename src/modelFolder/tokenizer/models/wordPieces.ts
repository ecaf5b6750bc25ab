/** The word-piece token model with greedy longest match, as BERT and MPNet have it; created by `definition.ts`. */
import type { PieceTokens, TokenModel, Vocabulary } from './tokenModel';

export interface WordPieces {
  readonly vocabulary: Vocabulary;
  /** What a word becomes that cannot be put together. */
  readonly unknown: number;
  /** What tokens begin with that go on with a word. */
  readonly continuation: string;
  /** Longer words are unknown. Code points. */
  readonly maxWordLength: number;
}

/** The longest token that fits, again and again: BERT, MPNet. */
export class WordPieceModel implements TokenModel {
  readonly #maxTokenLength: number;

  constructor(private readonly parts: WordPieces) {
    this.#maxTokenLength = Array.from(parts.vocabulary.keys()).reduce((longest, token) => Math.max(longest, token.length), 1);
  }

  encode(piece: string): PieceTokens {
    return this.#pieces(piece) ?? { ids: [this.parts.unknown], lengths: [Buffer.byteLength(piece)] };
  }

  bytesOf(token: string): Uint8Array {
    const { continuation } = this.parts;
    return Buffer.from(token.startsWith(continuation) ? token.slice(continuation.length) : ` ${token}`);
  }

  #pieces(word: string): PieceTokens | undefined {
    const { vocabulary, continuation, maxWordLength } = this.parts;
    if (word.length > maxWordLength && Array.from(word).length > maxWordLength) return undefined;
    const ids: number[] = [];
    const lengths: number[] = [];
    for (let start = 0; start < word.length; ) {
      const before = start === 0 ? '' : continuation;
      let end = Math.min(word.length, start + this.#maxTokenLength);
      let id: number | undefined;
      for (; end > start; end--) {
        id = vocabulary.get(before + word.slice(start, end));
        if (id !== undefined) break;
      }
      if (id === undefined) return undefined;
      ids.push(id);
      lengths.push(Buffer.byteLength(word.slice(start, end)));
      start = end;
    }
    return { ids, lengths };
  }
}
