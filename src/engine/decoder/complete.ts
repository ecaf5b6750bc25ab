import { EngineError } from '../errors';
import type { DecoderFolder } from '../models/types';
import { splitAtCursor } from '../prompt/cursor';
import { PromptBuilder } from '../prompt/layout';
import type { CompleteParams, CompleteResult, WrittenToken } from '../protocol';
import type { Step } from '../step';
import type { Tokenizer } from '../tokenizer/tokenizer';
import type { Decoder, Generated } from './decoder';
import { createStopRule } from './stopping';
import type { StopRule } from './stopping';

const replacementCharacter = '\ufffd';

/** Completes code at a cursor: prompt, generation, and where the proposal ends. */
export class CompletionModel {
  readonly #prompts: PromptBuilder;

  /** @throws {EngineError} `modelInvalid` where folder and tokenizer do not fit */
  constructor(
    folder: DecoderFolder,
    private readonly tokenizer: Tokenizer,
    private readonly decoder: Pick<Decoder, 'generate'>,
  ) {
    this.#prompts = new PromptBuilder(folder, tokenizer);
  }

  /**
   * The same parameters give the same result, whatever was completed before.
   *
   * `confidence` is the probability that the model gives to the proposed text as a whole: the product of its tokens'
   * probabilities, the end of the middle included where the model wrote one.
   *
   * @param step see `Decoder.generate`; a `deadline` ends the completion with the text there is, if any
   * @param onText hears the text as it comes; what was heard is never taken back
   * @throws {EngineError} `invalid`, `runtime`, and what `step` throws
   */
  async complete(params: CompleteParams, step: Step, onText: (text: string) => void): Promise<CompleteResult> {
    const started = performance.now();
    const prompt = this.#prompts.build(params, params.maxTokens);
    const tokenizeMs = performance.now() - started;

    const { prefix, rest } = splitAtCursor(params.prefix, params.suffix);
    const written = new WrittenText(this.tokenizer, createStopRule(params.mode, params.path, prefix, rest), onText);
    const generated = await this.decoder.generate(
      {
        prompt: prompt.ids,
        maxTokens: params.maxTokens,
        stopIds: prompt.stopIds,
        forbiddenIds: prompt.forbiddenIds,
        sampling: params.sampling,
        onToken: ({ id }) => (written.push(id) ? 'continue' : 'stop'),
      },
      step,
    );
    const { text, count } = written.finish(generated.finish);
    if (generated.finish === 'deadline' && text === '') {
      throw new EngineError('deadline', 'The completion was not ready in time.');
    }
    const tokens = this.#tokensOf(generated, count, written);
    const logprob = tokens.reduce((sum, token) => sum + token.logprob, 0);
    return {
      text,
      tokens,
      promptIds: Int32Array.from(prompt.ids),
      logprob,
      confidence: Math.exp(logprob),
      finish: generated.finish,
      timings: {
        tokenizeMs,
        reusedTokens: generated.reusedTokens,
        prefillTokens: generated.prefillTokens,
        prefillMs: generated.prefillMs,
        decodeTokens: generated.tokens.length - 1,
        decodeMs: generated.decodeMs,
      },
    };
  }

  #tokensOf({ tokens, finish }: Generated, count: number, written: WrittenText): WrittenToken[] {
    const kept = finish === 'endOfMiddle' && count === tokens.length - 1 ? tokens.length : count;
    return tokens.slice(0, kept).map(({ id, logprob }, index) => ({ id, text: written.pieces[index] ?? '', logprob }));
  }
}

/** A completion's text as it grows token by token, with its end as the stop rule sees it. */
class WrittenText {
  /** What each token has added; '' for one that ends within a character. */
  readonly pieces: string[] = [];
  readonly #stream: { push(id: number): string };
  #text = '';
  #shown = 0;
  #end: number | undefined;

  constructor(
    tokenizer: Tokenizer,
    private readonly rule: StopRule,
    private readonly onText: (text: string) => void,
  ) {
    this.#stream = tokenizer.stream();
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

  /** The proposal, and how many of the tokens it takes to write it. Bytes of an unfinished character are left out. */
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
