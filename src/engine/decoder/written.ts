/**
 * A generated text as it grows, cut where the stop rule ends it, with its tokens and timings; used by completion,
 * decoder generation and the encoder-decoder writer. Text passed on is never taken back.
 */
import type { Timings, WrittenToken } from '../../ipc/engine/protocol';
import type { Tokenizer } from '../../modelFolder/tokenizer/tokenizer';
import type { Generated } from './decoder';
import type { StopRule } from '../../stopping/stopRule';

const replacementCharacter = '\ufffd';

/** A generated text as it grows token by token, with its end as the stop rule sees it. */
export class WrittenText {
  /** What each token has added; '' for one that ends within a character. */
  readonly pieces: string[] = [];
  readonly #stream: { push(id: number): string };
  #text = '';
  #shown = 0;
  #end: number | undefined;

  /** @param skipped so many bytes at the start belong to the prompt */
  constructor(
    tokenizer: Pick<Tokenizer, 'stream'>,
    private readonly rule: StopRule,
    private readonly onText: (text: string) => void,
    skipped = 0,
  ) {
    this.#stream = tokenizer.stream(skipped);
  }

  /** @returns whether more is wanted */
  push(id: number): boolean {
    const piece = this.#stream.push(id);
    this.pieces.push(piece);
    // Bytes that are no UTF-8: what precedes them may be good, what follows will not be.
    const broken = piece.indexOf(replacementCharacter);
    this.#text += broken < 0 ? piece : piece.slice(0, broken);
    const { settled, end } = this.rule.check(this.#text);
    this.#end = broken < 0 ? end : (end ?? this.rule.finish(this.#text, 'cutOff'));
    this.#show(settled);
    return this.#end === undefined;
  }

  /** Leaves what stands behind the first line, where the rule has one. @returns whether the text ends there */
  endAtFirstLine(): boolean {
    const end = this.rule.firstLine?.(this.#text);
    if (end === undefined) return false;
    this.#end = end;
    return true;
  }

  /** The text, and how many of the tokens it takes to write it. Bytes of an unfinished character are left out. */
  finish(reason: Generated['finish']): { text: string; count: number } {
    const end = this.#end ?? this.rule.finish(this.#text, reason === 'endOfMiddle' ? 'complete' : 'cutOff');
    this.#show(end);
    let count = 0;
    for (let length = 0; count < this.pieces.length && length < end; count++) length += this.pieces[count]?.length ?? 0;
    return { text: this.#text.slice(0, end), count };
  }

  #show(end: number): void {
    if (end <= this.#shown) return;
    this.onText(this.#text.slice(this.#shown, end));
    this.#shown = end;
  }
}

/** The first `count` tokens with their texts, and the one that ended the generation where nothing was cut off. */
export function tokensOf({ tokens, finish }: Generated, count: number, written: WrittenText): WrittenToken[] {
  const kept = finish === 'endOfMiddle' && count === tokens.length - 1 ? tokens.length : count;
  return tokens.slice(0, kept).map(({ id, logprob }, index) => ({ id, text: written.pieces[index] ?? '', logprob }));
}

/** @param tokenizeMs how long it took to write the prompt */
export function timingsOf(
  { reusedTokens, prefillTokens, prefillMs, decodeTokens, decodeMs }: Generated,
  tokenizeMs: number,
): Timings {
  return { tokenizeMs, reusedTokens, prefillTokens, prefillMs, decodeTokens, decodeMs };
}

/** Of a text that no model was run for. */
export const noTimings: Timings = { tokenizeMs: 0, reusedTokens: 0, prefillTokens: 0, prefillMs: 0, decodeTokens: 0, decodeMs: 0 }; // prettier-ignore
