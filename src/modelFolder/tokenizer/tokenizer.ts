/**
 * Encodes text to token ids and back for Hugging Face tokenizers; used by the engine and the static table. Text that
 * spells a special token never becomes that token.
 */
import { Aligned } from './aligned';
import { BoundedCache } from './boundedCache';
import { ByteTable } from './byteTable';
import { readDefinition } from './definition';
import type { TokenizerDefinition } from './definition';
import type { PieceTokens } from './models/tokenModel';
import { TokenRanges } from './tokenRanges';

/** Pre-tokens longer than this rarely come again. UTF-16 units. */
const maxCachedLength = 64;
const cachedPieces = 16_384;

/** Called with the tokens of a text, one stretch after the other. */
interface Visitor {
  /** A token that was added to the vocabulary, from `start` to `end` of the source. */
  added(id: number, start: number, end: number): void;
  /** Pieces of this text follow. */
  begin(text: Aligned): void;
  /** @param start UTF-16 units of that text */
  piece(start: number, tokens: PieceTokens): void;
}

/**
 * Text ↔ token ids of a tokenizer of the Hugging Face `tokenizers` format: byte-pair encoding of bytes or characters,
 * word pieces, unigrams.
 *
 * Every text is plain: the spelling of a special token in a source file is encoded letter by letter, and its id never
 * comes out. Apart from that, ids are those of the reference implementation (Python's `tokenizers`, without special
 * tokens); lone surrogates count as U+FFFD there and here.
 */
export class Tokenizer {
  /** Ids are below this number. */
  readonly vocabularySize: number;
  /** Ids of the tokens that steer the model and stand for no text, ascending. */
  readonly specialIds: readonly number[];

  readonly #addedIds: ReadonlyMap<string, number>;
  /** Of each token; none for special tokens and ids that are not given out. */
  readonly #bytes: ByteTable;
  readonly #cache = new BoundedCache<string, PieceTokens>(cachedPieces);

  private constructor(private readonly definition: TokenizerDefinition) {
    const { tokens, added, special, model } = definition;
    const utf8 = new TextEncoder();
    // Of two with the same id, the first one counts.
    const contents = new Map(added.toReversed().map(({ id, content }) => [id, content]));
    const steering = new Set(special.map(({ id }) => id));
    this.vocabularySize = added.reduce((size, { id }) => Math.max(size, id + 1), tokens.length);
    this.#bytes = new ByteTable(this.vocabularySize, (id) => {
      if (steering.has(id)) return undefined;
      const [token, content] = [tokens[id], contents.get(id)];
      if (token !== undefined) return model.bytesOf(token);
      return content === undefined ? undefined : utf8.encode(content);
    });
    this.specialIds = [...steering].sort((a, b) => a - b);
    this.#addedIds = new Map(added.map(({ content, id }) => [content, id]));
  }

  /**
   * @param tokenizerJson content of `tokenizer.json`, parsed
   * @param tokenizerConfig content of `tokenizer_config.json`, parsed, where there is one
   * @throws {EngineError} `modelInvalid` where the tokenizer is damaged or of a family that is not understood
   */
  static create(tokenizerJson: unknown, tokenizerConfig?: unknown): Tokenizer {
    return new Tokenizer(readDefinition(tokenizerJson, tokenizerConfig));
  }

  /** Ids of a plain text: no special token is recognised in it, none is added. */
  encode(text: string): number[] {
    const ids: number[] = [];
    this.#visit(text, {
      added: (id) => ids.push(id),
      begin: () => undefined,
      piece: (_, tokens) => {
        for (const id of tokens.ids) ids.push(id);
      },
    });
    return ids;
  }

  /** The same ids, and for each the range [start, end) of the text it stands for: two UTF-16 offsets per token. */
  encodeWithRanges(text: string): { ids: Int32Array; ranges: Uint32Array } {
    const ids: number[] = [];
    const ranges: number[] = [];
    let current: TokenRanges | undefined;
    const finish = () => {
      if (current) for (const offset of current.finish()) ranges.push(offset);
      current = undefined;
    };
    this.#visit(text, {
      added: (id, start, end) => {
        finish();
        ids.push(id);
        ranges.push(start, end);
      },
      begin: (aligned) => {
        finish();
        current = new TokenRanges(aligned);
      },
      piece: (start, tokens) => {
        current?.skipTo(start);
        tokens.ids.forEach((id, at) => {
          ids.push(id);
          current?.add(tokens.lengths[at] as number);
        });
      },
    });
    finish();
    return { ids: Int32Array.from(ids), ranges: Uint32Array.from(ranges) };
  }

  /** Text of the tokens; special tokens and unknown ids give none, bytes that are no UTF-8 give U+FFFD. */
  decode(ids: ArrayLike<number>): string {
    const stream = this.stream();
    let text = '';
    for (const id of Array.from(ids)) text += stream.push(id);
    return text + stream.end();
  }

  /** Bytes that a token stands for; `undefined` for special tokens and ids that are not given out. */
  bytesOf(id: number): Uint8Array | undefined {
    return this.#bytes.get(id);
  }

  /**
   * Decodes token by token; text is handed out once its code points are whole.
   *
   * @param skipped so many bytes at the start are left out
   */
  stream(skipped = 0): { push(id: number): string; end(): string } {
    const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
    let left = skipped;
    return {
      push: (id) => {
        const bytes = this.#bytes.get(id);
        const skips = Math.min(left, bytes?.length ?? 0);
        left -= skips;
        return decoder.decode(bytes?.subarray(skips), { stream: true });
      },
      end: () => decoder.decode(),
    };
  }

  /** Id of an added token, special or not, by its exact text. */
  special(text: string): number | undefined {
    return this.#addedIds.get(text);
  }

  #visit(text: string, visitor: Visitor): void {
    const { addedFirst, addedThen, normalize } = this.definition;
    const source = new Aligned(wellFormed(text));
    for (const first of addedFirst.split(source)) {
      if (first.id !== undefined) {
        visitor.added(first.id, first.start, first.end);
        continue;
      }
      const normalized = normalize(source.slice(first.start, first.end));
      for (const { id, start, end } of addedThen.split(normalized)) {
        if (id === undefined) this.#visitPlain(normalized.slice(start, end), visitor);
        else visitor.added(id, Math.max(0, normalized.sourceStart(start)), Math.max(0, normalized.sourceEnd(end)));
      }
    }
  }

  #visitPlain(text: Aligned, visitor: Visitor): void {
    const pieces = this.definition.split({ text, ranges: [[0, text.text.length]] });
    visitor.begin(pieces.text);
    for (const [start, end] of pieces.ranges)
      visitor.piece(start, this.#encodePiece(pieces.text.text.slice(start, end)));
  }

  #encodePiece(piece: string): PieceTokens {
    const known = this.#cache.get(piece);
    if (known) return known;
    const tokens = this.definition.model.encode(piece);
    // A slice keeps the whole text alive that it was cut from; the key must not, so it is a copy.
    if (piece.length <= maxCachedLength) this.#cache.set(copyOf(piece), tokens);
    return tokens;
  }
}

const copyOf = (text: string): string => Buffer.from(text, 'utf16le').toString('utf16le');

/** Unpaired surrogates become U+FFFD, one unit for one unit, as any encoder to UTF-8 would have them. */
const wellFormed = (text: string): string => text.replace(/\p{Surrogate}/gu, '\ufffd');
