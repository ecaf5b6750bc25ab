/**
 * Writes text with a decoder from documentation, chat or plain prompts, for generation requests; opened by
 * `openModel.ts`. The same parameters give the same text.
 */
import { EngineError } from '../../ipc/engine/errors';
import type { DecoderFolder } from '../../modelFolder/layouts/types';
import { ChatPrompts } from '../prompt/chat';
import { documentationPrompt } from '../prompt/documentation';
import { Fitter } from '../prompt/fit';
import { nextEditPrompt } from '../prompt/nextEdit';
import { SpecialIds } from '../prompt/special';
import type { Priority } from '../../ipc/engine/protocol';
import type { GenerateParams, GenerateResult, PromptKind, WritingPrompt } from '../../ipc/engine/messages/generate';
import type { Step } from '../../common/step';
import type { Tokenizer } from '../../modelFolder/tokenizer/tokenizer';
import type { Decoder } from './decoder';
import { sentenceRule, wholeTextRule } from '../../stopping/sentenceRule';
import { timingsOf, tokensOf, WrittenText } from './written';

/** A prompt of less tokens says nothing. */
const minPromptLength = 16;

/** Whatever writes text: a decoder here, an encoder–decoder elsewhere. */
export interface TextWriter {
  /** The kinds of prompt that {@link generate} takes. */
  readonly prompts: readonly PromptKind[];
  /** @param sequence see `GenerateRequest` */
  generate(
    params: GenerateParams,
    step: Step,
    onText: (text: string) => void,
    sequence?: Priority,
  ): Promise<GenerateResult>;
}

/** Writes text with a decoder. */
export class GenerationModel implements TextWriter {
  readonly prompts: readonly PromptKind[];
  readonly #special: SpecialIds;
  readonly #fitter: Fitter;
  #chat: ChatPrompts | undefined;

  /** @throws {EngineError} `modelInvalid` where folder and tokenizer do not fit */
  constructor(
    private readonly folder: DecoderFolder,
    private readonly tokenizer: Tokenizer,
    private readonly decoder: Pick<Decoder, 'generate'>,
  ) {
    this.#special = new SpecialIds(folder, tokenizer);
    this.#fitter = new Fitter(tokenizer);
    const documents = this.#special.has('doc') && this.#special.has('file');
    this.prompts = [
      ...(documents ? ['documentation' as const] : []),
      ...(folder.chatTemplate === undefined ? [] : ['chat' as const]),
      ...(folder.nextEdit === undefined ? [] : ['nextEdit' as const]),
      'text',
    ];
  }

  /**
   * The same parameters give the same text, whatever was written before.
   *
   * @param step see `Decoder.generate`; a `deadline` ends the text with what there is, if anything
   * @param onText called with each new piece of the text; no piece is ever taken back
   * @param sequence see `GenerateRequest`
   * @throws {EngineError} `invalid` (the model takes no such prompt, or it does not fit), `modelInvalid`, `runtime`, and
   *   what `step` throws
   */
  async generate(
    params: GenerateParams,
    step: Step,
    onText: (text: string) => void,
    sequence?: Priority,
  ): Promise<GenerateResult> {
    const started = performance.now();
    const { ids, cut } = this.#prompt(params.prompt, params.maxTokens);
    const tokenizeMs = performance.now() - started;

    const rule = params.until === 'sentence' || params.prompt.kind === 'documentation' ? sentenceRule : wholeTextRule;
    const written = new WrittenText(this.tokenizer, rule, onText);
    const { stopIds, forbiddenIds } = this.#special;
    const generated = await this.decoder.generate(
      {
        prompt: ids,
        maxTokens: params.maxTokens,
        stopIds,
        forbiddenIds,
        sampling: params.sampling,
        sequence,
        onToken: ({ id }) => (written.push(id) ? 'continue' : 'stop'),
      },
      step,
    );
    const { text, count } = written.finish(generated.finish);
    const tokens = tokensOf(generated, count, written);
    return {
      text,
      tokens,
      promptIds: Int32Array.from(ids),
      cut,
      finish: generated.finish,
      timings: timingsOf(generated, tokenizeMs),
    };
  }

  #prompt(prompt: WritingPrompt, maxTokens: number): { ids: number[]; cut: boolean } {
    const { name, contextLength } = this.folder;
    const limit = contextLength - maxTokens;
    if (limit < minPromptLength) {
      throw new EngineError(
        'invalid',
        `A text of ${maxTokens} tokens leaves no room for a prompt in a context of ${contextLength}; ask for fewer.`,
      );
    }
    if (!this.prompts.includes(prompt.kind)) {
      throw new EngineError(
        'invalid',
        `${name} takes no prompt of the kind "${prompt.kind}", only ${this.prompts.map((kind) => `"${kind}"`).join(' and ')}.`,
      );
    }
    const begin = this.#special.get('beginOfText');
    const front = begin === undefined ? [] : [begin];
    if (prompt.kind === 'documentation') {
      const { ids, cut } = documentationPrompt(
        prompt,
        limit - front.length,
        this.#special,
        this.tokenizer,
        this.#fitter,
      );
      return { ids: [...front, ...ids], cut };
    }
    if (prompt.kind === 'nextEdit') {
      const { ids, cut } = nextEditPrompt(prompt, limit - front.length, this.#special, this.tokenizer);
      return { ids: this.#fitting([...front, ...ids], limit, maxTokens), cut };
    }
    const ids =
      prompt.kind === 'chat'
        ? this.#chatPrompts().encode(prompt.messages)
        : [...front, ...this.tokenizer.encode(prompt.text)];
    return { ids: this.#fitting(ids, limit, maxTokens), cut: false };
  }

  /** @throws {EngineError} `invalid` */
  #fitting(ids: number[], limit: number, maxTokens: number): number[] {
    if (ids.length > limit) {
      throw new EngineError(
        'invalid',
        `The prompt has ${ids.length} tokens, and with ${maxTokens} to be written ${this.folder.name} takes ${limit} at most.`,
      );
    }
    return ids;
  }

  #chatPrompts(): ChatPrompts {
    return (this.#chat ??= new ChatPrompts({ chatTemplate: '', ...this.folder }, this.tokenizer));
  }
}
