import { EngineError } from '../errors';
import type { DecoderFolder } from '../models/types';
import { splitAtCursor } from '../prompt/cursor';
import { PromptBuilder } from '../prompt/layout';
import type { CompleteParams, CompleteResult, Priority } from '../protocol';
import type { Step } from '../step';
import type { Tokenizer } from '../tokenizer/tokenizer';
import type { Decoder } from './decoder';
import { Healing } from './healing';
import { createStopRule } from './stopping';
import { timingsOf, tokensOf, WrittenText } from './written';

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
   * @param sequence see `GenerateRequest`
   * @throws {EngineError} `invalid`, `runtime`, and what `step` throws
   */
  async complete(params: CompleteParams, step: Step, onText: (text: string) => void, sequence?: Priority): Promise<CompleteResult> {
    const started = performance.now();
    const prompt = this.#prompts.build(params, params.maxTokens);
    const tokenizeMs = performance.now() - started;

    const { prefix, rest } = splitAtCursor(params.prefix, params.suffix);
    const written = new WrittenText(this.tokenizer, createStopRule(params.mode, params.path, prefix, rest), onText, prompt.healed?.length);
    const healing = prompt.healed && new Healing(this.tokenizer, prompt.healed);
    const generated = await this.decoder.generate(
      {
        prompt: prompt.ids,
        // The prompt is one token shorter then.
        maxTokens: params.maxTokens + (healing ? 1 : 0),
        stopIds: prompt.stopIds,
        forbiddenIds: prompt.forbiddenIds,
        sampling: params.sampling,
        sequence,
        allows: healing && (() => healing.allows),
        onToken: ({ id }) => {
          healing?.push(id);
          return written.push(id) ? 'continue' : 'stop';
        },
      },
      step,
    );
    const { text, count } = written.finish(generated.finish);
    if (generated.finish === 'deadline' && text === '') {
      throw new EngineError('deadline', 'The completion was not ready in time.');
    }
    const tokens = tokensOf(generated, count, written);
    const logprob = tokens.reduce((sum, token) => sum + token.logprob, 0);
    return {
      text,
      tokens,
      promptIds: Int32Array.from(prompt.ids),
      logprob,
      confidence: Math.exp(logprob),
      finish: generated.finish,
      timings: timingsOf(generated, tokenizeMs),
    };
  }
}
