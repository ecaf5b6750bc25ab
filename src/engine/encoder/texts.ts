/**
 * Tokenizes a text for an encoder, with the model's prefix and special tokens, cut to its context; used by the encoder
 * and by attention capture.
 */
import { EngineError } from '../../ipc/engine/errors';
import type { EncoderFolder, TextKind } from '../../modelFolder/layouts/types';
import { readFrame } from '../../modelFolder/tokenizer/frame';
import type { Tokenizer } from '../../modelFolder/tokenizer/tokenizer';

/** A text as a model takes it. */
export interface FramedText {
  readonly ids: Int32Array;
  /** Tokens at the front that do not count in pooling. */
  readonly unpooled: number;
  /** Whether the end of the text was left out. */
  readonly truncated: boolean;
}

interface Head {
  readonly ids: readonly number[];
  readonly prefix: string;
  readonly unpooled: number;
}

/** What Python's `str.strip` takes off. */
const outerSpace = /^(?:(?!\ufeff)[\s\x1c-\x1f\x85])+|(?:(?!\ufeff)[\s\x1c-\x1f\x85])+$/g;

/** Turns texts into tokens: with the prefix and the special tokens that the model was trained with, cut to its context. */
export class TextFramer {
  readonly #heads: Record<TextKind, Head>;
  readonly #tail: readonly number[];

  /** @throws {EngineError} `modelInvalid` where the tokenizer lacks a token that the folder names */
  constructor(
    private readonly folder: EncoderFolder,
    private readonly tokenizer: Pick<Tokenizer, 'encode' | 'special'>,
  ) {
    const { before, after } = readFrame(folder.tokenizer);
    this.#tail = after;
    const head = (kind: TextKind): Head => {
      const mark = folder.marks[kind];
      const ids = mark === undefined ? before : [...before, this.#idOf(mark)];
      const prefix = folder.prefixes[kind];
      const pooled = folder.poolsPrefix || prefix === '';
      return { ids, prefix, unpooled: pooled ? 0 : ids.length + tokenizer.encode(this.#plain(prefix)).length };
    };
    this.#heads = { query: head('query'), document: head('document') };
    if (this.#longest <= 0) {
      throw new EngineError(
        'modelInvalid',
        `${folder.name} takes ${folder.contextLength} tokens, which leaves no room for a text; choose another model.`,
      );
    }
  }

  /** The id that fills up shorter texts of a batch; which one does not matter, since nothing attends to it. */
  get padId(): number {
    return this.folder.pad === undefined ? 0 : this.#idOf(this.folder.pad);
  }

  frame(kind: TextKind, text: string): FramedText {
    const { ids: front, prefix, unpooled } = this.#heads[kind];
    const ids = this.tokenizer.encode(this.#plain(prefix + text));
    const kept = ids.slice(0, this.folder.contextLength - front.length - this.#tail.length);
    return {
      ids: Int32Array.from([...front, ...kept, ...this.#tail]),
      unpooled,
      truncated: kept.length < ids.length,
    };
  }

  #plain(text: string): string {
    const trimmed = this.folder.trims ? text.replace(outerSpace, '') : text;
    return this.folder.lowerCase ? trimmed.toLowerCase() : trimmed;
  }

  get #longest(): number {
    const heads = Object.values(this.#heads).map(({ ids }) => ids.length);
    return this.folder.contextLength - Math.max(...heads) - this.#tail.length;
  }

  #idOf(text: string): number {
    const id = this.tokenizer.special(text);
    if (id !== undefined) return id;
    const { name } = this.folder;
    throw new EngineError(
      'modelInvalid',
      `The tokenizer of ${name} has no special token ${text}; copy the tokenizer that belongs to the model.`,
    );
  }
}
