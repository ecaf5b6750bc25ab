import { BoundedCache } from './boundedCache';
import { byteText, tokenBytes } from './byteAlphabet';
import { mergeBytes } from './bytePairEncoder';
import { readDefinition, type Definition } from './definition';
import { TokenRanges } from './tokenRanges';

/** Pre-tokens longer than this rarely come again. UTF-16 units. */
const longestCached = 64;
const cachedPieces = 16_384;

/** Text that looks like markup for the model, whether or not its file flags it as special. */
const markup = /^<.*>$/s;

/**
 * Text ↔ token ids of a byte-level BPE tokenizer.
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

  private readonly addedIds: ReadonlyMap<string, number>;
  /** Bytes of each token; none for special tokens and ids that are not given out. */
  private readonly bytes: readonly (Uint8Array | undefined)[];
  private readonly cache = new BoundedCache<string, readonly number[]>(cachedPieces);
  private readonly utf8 = new TextEncoder();

  private constructor(private readonly definition: Definition) {
    const { tokens, added } = definition;
    const bytes = tokens.map((token) =>
      token === undefined ? undefined : (tokenBytes(token) ?? this.utf8.encode(token)),
    );
    const special = added.filter((token) => token.special || markup.test(token.content));
    for (const { id, content } of added) bytes[id] = this.utf8.encode(content);
    for (const { id } of special) bytes[id] = undefined;
    this.bytes = bytes;
    this.vocabularySize = bytes.length;
    this.specialIds = [...new Set(special.map(({ id }) => id))].sort((a, b) => a - b);
    this.addedIds = new Map(added.map(({ content, id }) => [content, id]));
  }

  /**
   * @param tokenizerJson content of `tokenizer.json`, parsed
   * @param tokenizerConfig content of `tokenizer_config.json`, parsed, where there is one
   * @throws EngineError `modelInvalid` where the tokenizer is damaged or of a family that is not understood
   */
  static create(tokenizerJson: unknown, tokenizerConfig?: unknown): Tokenizer {
    return new Tokenizer(readDefinition(tokenizerJson, tokenizerConfig));
  }

  /** Ids of a plain text: no special token is recognised in it, none is added. */
  encode(text: string): number[] {
    const ids: number[] = [];
    this.visit(this.definition.normalize(wellFormed(text)).text, (_, piece) => {
      for (const id of piece) ids.push(id);
    });
    return ids;
  }

  /** The same ids, and for each the range [start, end) of the text it stands for: two UTF-16 offsets per token. */
  encodeWithRanges(text: string): { ids: Int32Array; ranges: Uint32Array } {
    const normalized = this.definition.normalize(wellFormed(text));
    const ids: number[] = [];
    const ranges = new TokenRanges(normalized);
    this.visit(normalized.text, (start, piece) => {
      ranges.skipTo(start);
      for (const id of piece) {
        ids.push(id);
        ranges.add(this.bytes[id]?.length ?? 0);
      }
    });
    return { ids: Int32Array.from(ids), ranges: ranges.finish() };
  }

  /** Text of the tokens; special tokens and unknown ids give none, bytes that are no UTF-8 give U+FFFD. */
  decode(ids: ArrayLike<number>): string {
    const stream = this.stream();
    let text = '';
    for (const id of Array.from(ids)) text += stream.push(id);
    return text + stream.end();
  }

  /** Decodes token by token; text is handed out once its code points are whole. */
  stream(): { push(id: number): string; end(): string } {
    const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
    return {
      push: (id) => decoder.decode(this.bytes[id], { stream: true }),
      end: () => decoder.decode(),
    };
  }

  /** Id of an added token, special or not, by its exact text. */
  special(text: string): number | undefined {
    return this.addedIds.get(text);
  }

  private visit(text: string, visitor: (start: number, ids: readonly number[]) => void): void {
    this.definition.split(text, (start, end) => visitor(start, this.encodePiece(text.slice(start, end))));
  }

  private encodePiece(piece: string): readonly number[] {
    const known = this.cache.get(piece);
    if (known) return known;
    const bytes = this.utf8.encode(piece);
    const ids = this.wholeToken(bytes) ?? mergeBytes(bytes, this.definition.byteIds, this.definition.merges);
    // A slice keeps the whole text alive that it was cut from; the key must not, so it is a copy.
    if (piece.length <= longestCached) this.cache.set(copyOfUtf8(bytes), ids);
    return ids;
  }

  private wholeToken(bytes: Uint8Array): number[] | undefined {
    if (!this.definition.wholeTokensFirst) return undefined;
    const id = this.definition.ids.get(byteText(bytes));
    return id === undefined ? undefined : [id];
  }
}

const utf8Decoder = new TextDecoder('utf-8', { ignoreBOM: true });
const copyOfUtf8 = (bytes: Uint8Array): string => utf8Decoder.decode(bytes);

/** Unpaired surrogates become U+FFFD, one unit for one unit, as any encoder to UTF-8 would have them. */
const wellFormed = (text: string): string => text.replace(/\p{Surrogate}/gu, '\ufffd');
