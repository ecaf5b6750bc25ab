/**
 * Builds completion prompts in the layout a decoder was trained on, from context, prefix and suffix; used by
 * `completionModel.ts`. Typing at the cursor changes only the prompt's end.
 */
import { EngineError } from '../../ipc/engine/errors';
import type { DecoderFolder } from '../../modelFolder/layouts/types';
import { minPromptTokens } from '../../ipc/engine/protocol';
import type { CompleteParams, ContextSnippet } from '../../ipc/engine/protocol';
import type { Tokenizer } from '../../modelFolder/tokenizer/tokenizer';
import { splitAtCursor, unixLineEnds } from '../../common/text/cursor';
import type { CursorText } from '../../common/text/cursor';
import { languageOf } from '../../syntax/languages';
import { Fitter, roundUp } from './fit';
import { SpecialIds } from './special';

/** Of the parameters of `complete`, those that a prompt is made of. */
export type PromptParams = Pick<CompleteParams, 'context' | 'path' | 'prefix' | 'suffix'>;

export interface Prompt {
  readonly ids: readonly number[];
  /** Bytes of the token that the text before the cursor ended with, where the model is to write it again (`Healing`). */
  readonly healed?: Uint8Array | undefined;
  /** Generation ends at these. */
  readonly stopIds: ReadonlySet<number>;
  /** Ids that stand for no text and must never be generated. */
  readonly forbiddenIds: readonly number[];
}

interface Body {
  readonly body: readonly number[];
  readonly healed?: Uint8Array | undefined;
}

/** Longer prompts take a CPU longer than a person waits, whatever the model could hold. Tokens. */
const maxPromptLength = 2_048;
/** Shares of the prompt; the text before the cursor has what the others leave. */
const shares = { context: 1 / 4, suffix: 1 / 4, rest: 1 / 8, suffixBehind: 1 / 8 };
/** Tokens. */
const maxPathLength = 32;
/** A snippet that is cut to less says nothing. Tokens. */
const minSnippetLength = 24;

/**
 * Writes completion prompts in the layout that a model was trained on (docs/model-folder.md).
 *
 * A prompt is a function of its parameters alone, and appending a character at the cursor changes only its end: where the
 * text before the cursor begins moves in big steps, and how far the lines after it reach depends on those lines only.
 * All but the last few tokens are then still in the model's cache.
 */
export class PromptBuilder {
  readonly #fitter: Fitter;
  readonly #special: SpecialIds;
  /** The last one: a completion whose texts are compared asks for it several times. */
  #last: { readonly params: PromptParams; readonly limit: number; readonly prompt: Prompt } | undefined;

  /** @throws {EngineError} `modelInvalid` where the tokenizer lacks a token that the folder names */
  constructor(
    private readonly folder: DecoderFolder,
    private readonly tokenizer: Tokenizer,
  ) {
    this.#fitter = new Fitter(tokenizer);
    this.#special = new SpecialIds(folder, tokenizer);
  }

  /**
   * @param maxTokens so many tokens are kept free for the completion
   * @param maxPromptTokens the prompt has no more than so many
   * @throws {EngineError} `invalid` where that leaves no room for a prompt
   */
  build(params: PromptParams, maxTokens: number, maxPromptTokens = maxPromptLength): Prompt {
    const limit = Math.min(this.folder.contextLength - maxTokens, maxPromptLength, maxPromptTokens);
    if (limit < minPromptTokens) {
      throw new EngineError(
        'invalid',
        `A completion of ${maxTokens} tokens leaves no room for a prompt in a context of ${this.folder.contextLength}; ask for fewer.`,
      );
    }
    const last = this.#last;
    if (last?.limit === limit && isSamePlace(last.params, params)) return last.prompt;
    const { context, path, prefix, suffix } = params;
    const prompt = this.#build(params, limit);
    this.#last = { params: { context, path, prefix, suffix }, limit, prompt };
    return prompt;
  }

  #build(params: PromptParams, limit: number): Prompt {
    const begin = this.#special.get('beginOfText');
    const front = begin === undefined ? [] : [begin];
    const cursorText = splitAtCursor(params.prefix, params.suffix);
    const { body, healed } = this.#bodyOf(params, cursorText, limit - front.length);
    const { stopIds, forbiddenIds } = this.#special;
    const ids = [...front, ...body];
    // A prompt has at least one token. What ends a text stands between two of them in training: a file may begin behind it.
    const [separator] = stopIds;
    if (ids.length === 0 && separator !== undefined) return { ids: [separator], healed, stopIds, forbiddenIds };
    // Without one, what would be written again stays.
    if (ids.length === 0 && healed)
      return { ids: [...this.#fitter.tail(cursorText.prefix, limit)], stopIds, forbiddenIds };
    return { ids, healed, stopIds, forbiddenIds };
  }

  #bodyOf(params: PromptParams, cursorText: CursorText, limit: number): Body {
    switch (this.folder.promptLayout) {
      case 'suffix-first-marked':
      case 'suffix-first-next-line':
        return { body: this.#suffixFirst(params, cursorText, limit) };
      case 'prefix-suffix-middle':
        return this.#prefixFirst(params, cursorText, limit);
      case 'suffix-prefix-middle':
        return this.#suffixThenPrefix(params, cursorText, limit);
      case 'left-to-right': {
        const front = this.#contextOf(params, limit);
        const { ids, healed } = this.#open(this.#fitter.tail(cursorText.prefix, limit - front.length));
        return { body: [...front, ...ids], healed };
      }
    }
  }

  #suffixFirst({ context, path }: PromptParams, { prefix, rest, nextLines }: CursorText, limit: number): number[] {
    const front = [
      ...this.#snippets(context, Math.floor(limit * shares.context)),
      ...this.#fileHeader(path),
      this.#special.need('suffix'),
      ...this.#fitter.head(nextLines, Math.floor(limit * shares.suffix)),
      this.#special.need('prefix'),
    ];
    const rests = rest === '' ? [] : this.#fitter.head(rest, Math.floor(limit * shares.rest));
    const marked = rests.length > 0 || this.folder.promptLayout === 'suffix-first-marked';
    const back = [
      ...(rests.length > 0 ? [this.#special.need('rest'), ...rests] : []),
      ...(marked ? [this.#special.need('middle')] : []),
    ];
    // The editor adds and takes closing brackets there, which must not move the prefix: room is kept in steps.
    const room = limit - front.length - 2 - roundUp(Math.max(rests.length, 1));
    return [...front, ...this.#fitter.tail(prefix, room), ...back];
  }

  #prefixFirst(params: PromptParams, { prefix, rest, nextLines }: CursorText, limit: number): Body {
    const front = [...this.#contextOf(params, limit), this.#special.need('prefix')];
    // Each key moves it, so all of it is read again: it has half of what it has in front of the prefix.
    const after = this.#fitter.head(textBehind({ rest, nextLines }), Math.floor(limit * shares.suffixBehind));
    const back = [this.#special.need('suffix'), ...after, this.#special.need('middle')];
    const { ids, healed } = this.#open(this.#fitter.tail(prefix, limit - front.length - 2 - roundUp(after.length)));
    return { body: [...front, ...ids, ...back], healed };
  }

  /** Typing changes the end of the prefix alone, and the mark of the middle behind it. */
  #suffixThenPrefix(params: PromptParams, { prefix, rest, nextLines }: CursorText, limit: number): Body {
    const after = this.#fitter.head(textBehind({ rest, nextLines }), Math.floor(limit * shares.suffix));
    const marks = [this.#special.need('suffix'), this.#special.need('prefix')] as const;
    const front = [...this.#contextOf(params, limit), marks[0], ...after, marks[1]];
    const middle = this.#special.get('middle');
    const back = middle === undefined ? [] : [middle];
    // The editor adds and takes closing brackets behind the cursor, which must not move where the prefix begins.
    const room = limit - (front.length - after.length) - roundUp(after.length) - back.length;
    const { ids, healed } = this.#open(this.#fitter.tail(prefix, room));
    return { body: [...front, ...ids, ...back], healed };
  }

  /** A text without its last token, which the model is to write again, and that token's bytes. */
  #open(ids: readonly number[]): { ids: readonly number[]; healed?: Uint8Array | undefined } {
    const last = ids.at(-1);
    const healed = last === undefined ? undefined : this.tokenizer.bytesOf(last);
    return healed === undefined ? { ids } : { ids: ids.slice(0, -1), healed };
  }

  /** Other files and the name of this one. Models that fill in see them only if they were trained on files side by side. */
  #contextOf({ context, path }: PromptParams, limit: number): number[] {
    if (!this.#special.has('file') && this.folder.promptLayout !== 'left-to-right') return [];
    const snippets = this.#snippets(context, Math.floor(limit * shares.context));
    return snippets.length === 0 ? [] : [...snippets, ...this.#fileHeader(path)];
  }

  #snippets(context: readonly ContextSnippet[], limit: number): number[] {
    const ids: number[] = [];
    for (const { path, text } of context) {
      const header = this.#fileHeader(path);
      const room = limit - ids.length - header.length;
      if (room < minSnippetLength) break;
      ids.push(...header, ...this.#fitter.head(unixLineEnds(text), room));
    }
    return ids;
  }

  /** The path of what follows: behind the token for that, else as the comment that programmers put at the top of a file. */
  #fileHeader(path: string): readonly number[] {
    const file = this.folder.promptLayout === 'left-to-right' ? this.#special.get('file') : this.#special.need('file');
    if (file !== undefined) return [file, ...this.#fitter.path(path, maxPathLength)];
    const { lines, block } = languageOf(path).comments;
    const [open, close] = lines[0] === undefined ? (block ?? ['#', '']) : [lines[0], ''];
    return [
      ...this.tokenizer.encode(`${open} `),
      ...this.#fitter.path(close === '' ? path : `${path} ${close}`, maxPathLength),
    ];
  }
}

/** @returns false where it would take long to tell */
const isSamePlace = (a: PromptParams, b: PromptParams): boolean =>
  a.prefix === b.prefix && a.suffix === b.suffix && a.path === b.path && a.context === b.context;

const textBehind = ({ rest, nextLines }: Pick<CursorText, 'rest' | 'nextLines'>): string =>
  nextLines === '' ? rest : `${rest}\n${nextLines}`;
