/**
 * The unigram token model, which finds the likeliest split by Viterbi search, as T5 and XLM-R have it; created by
 * `definition.ts`.
 */
import { byteIdsOf, sentencePieceBytes, utf8Length } from './tokenModel';
import type { PieceTokens, TokenModel, Vocabulary } from './tokenModel';

export interface Unigrams {
  readonly vocabulary: Vocabulary;
  /** Natural logarithm of each token's probability, by id. */
  readonly scores: ArrayLike<number>;
  readonly unknown: number | undefined;
  readonly fallsBackToBytes: boolean;
}

/** How much less likely than the least likely token an unknown character is. */
const unknownPenalty = 10;

/** A stretch of a piece that ends somewhere, and the best way to come to its end. */
interface Node {
  readonly start: number;
  /** Undefined for a character that is in no token. */
  readonly id: number | undefined;
  readonly score: number;
}

/** The likeliest way of writing a piece with the tokens there are (Viterbi): T5, ALBERT, XLM-R. @throws {Error} without an unknown token */
export class UnigramModel implements TokenModel {
  readonly #trie = new CharacterTrie();
  readonly #unknownScore: number;
  readonly #unknown: number;

  constructor(private readonly parts: Unigrams) {
    if (parts.unknown === undefined) throw new Error('model.unk_id is missing');
    this.#unknown = parts.unknown;
    for (const [token, id] of parts.vocabulary) this.#trie.add(token, id);
    this.#unknownScore = Array.from(parts.scores).reduce((least, score) => Math.min(least, score), Infinity) - unknownPenalty;
  }

  encode(piece: string): PieceTokens {
    const ids: number[] = [];
    const lengths: number[] = [];
    for (const { start, end, id } of fused(this.#best(piece))) {
      const text = piece.slice(start, end);
      const known = id ?? this.parts.vocabulary.get(text);
      const bytes = known === undefined && this.parts.fallsBackToBytes ? byteIdsOf(text, this.parts.vocabulary) : undefined;
      ids.push(...(bytes ?? [known ?? this.#unknown]));
      lengths.push(...(bytes?.map(() => 1) ?? [Buffer.byteLength(text)]));
    }
    return { ids, lengths };
  }

  bytesOf(token: string): Uint8Array {
    return sentencePieceBytes(token);
  }

  /** The stretches of the best way, from the first to the last. */
  #best(piece: string): Stretch[] {
    const nodes: (Node | undefined)[] = [];
    const scoreAt = (at: number) => (at === 0 ? 0 : (nodes[at]?.score ?? 0));
    for (let start = 0; start < piece.length; ) {
      const character = (piece.codePointAt(start) ?? 0) > 0xffff ? 2 : 1;
      const before = scoreAt(start);
      const offer = (end: number, id: number | undefined, score: number) => {
        const known = nodes[end];
        if (!known || before + score > known.score) nodes[end] = { start, id, score: before + score };
      };
      let single = false;
      for (const { end, id } of this.#trie.prefixes(piece, start)) {
        offer(end, id, this.parts.scores[id] as number);
        single ||= end === start + character;
      }
      if (!single) offer(start + character, undefined, this.#unknownScore);
      start += character;
    }
    const stretches: Stretch[] = [];
    for (let end = piece.length; end > 0; ) {
      const { start, id } = nodes[end] as Node;
      stretches.push({ start, end, id });
      end = start;
    }
    return stretches.reverse();
  }
}

interface Stretch {
  readonly start: number;
  readonly end: number;
  readonly id: number | undefined;
}

/** Unknown characters that follow each other are one. */
function fused(stretches: readonly Stretch[]): Stretch[] {
  const result: Stretch[] = [];
  for (const stretch of stretches) {
    const last = result.at(-1);
    if (stretch.id === undefined && last && last.id === undefined) result[result.length - 1] = { ...last, end: stretch.end };
    else result.push(stretch);
  }
  return result;
}

/** Finds all tokens that a text goes on with. One map for all nodes, by node and code point. */
class CharacterTrie {
  readonly #next = new Map<number, number>();
  readonly #ids: (number | undefined)[] = [undefined];

  add(token: string, id: number): void {
    let node = 0;
    for (const character of token) {
      const key = keyOf(node, character.codePointAt(0) ?? 0);
      let next = this.#next.get(key);
      if (next === undefined) {
        next = this.#ids.length;
        this.#ids.push(undefined);
        this.#next.set(key, next);
      }
      node = next;
    }
    this.#ids[node] = id;
  }

  /** The tokens that begin at `start`, shorter ones first. */
  prefixes(text: string, start: number): { end: number; id: number }[] {
    const found: { end: number; id: number }[] = [];
    let node: number | undefined = 0;
    for (let at = start; at < text.length; ) {
      const code = text.codePointAt(at) ?? 0;
      node = this.#next.get(keyOf(node, code));
      if (node === undefined) break;
      at += utf8Length(code) === 4 ? 2 : 1;
      const id = this.#ids[node];
      if (id !== undefined) found.push({ end: at, id });
    }
    return found;
  }
}

const keyOf = (node: number, code: number): number => node * 0x11_0000 + code;
