/**
 * Writes text with an encoder-decoder from a plain text prompt, as `generate.ts` does with a decoder; created by
 * `openModel.ts`. Takes no chat or documentation prompts.
 */
import type { TextWriter } from '../decoder/generate';
import { sentenceRule, wholeTextRule } from '../../stopping/sentenceRule';
import { timingsOf, tokensOf, WrittenText } from '../decoder/written';
import { EngineError } from '../../ipc/engine/errors';
import type { EncoderDecoderFolder } from '../../modelFolder/layouts/types';
import type { GenerateParams, GenerateResult } from '../../ipc/engine/messages/generate';
import type { Step } from '../../common/step';
import { readFrame } from '../../modelFolder/tokenizer/frame';
import type { Tokenizer } from '../../modelFolder/tokenizer/tokenizer';
import type { EncoderDecoder } from './encoderDecoder';

/** Writes text with an encoder-decoder, from a text that it reads. */
export class RewritingModel implements TextWriter {
  readonly prompts = ['text'] as const;
  readonly #stopIds: ReadonlySet<number>;
  readonly #forbiddenIds: readonly number[];

  constructor(
    private readonly folder: EncoderDecoderFolder,
    private readonly tokenizer: Tokenizer,
    private readonly model: Pick<EncoderDecoder, 'generate'>,
  ) {
    this.#stopIds = new Set(folder.endIds);
    const beyond = Math.max(0, folder.vocabularySize - tokenizer.vocabularySize);
    this.#forbiddenIds = [
      ...tokenizer.specialIds.filter((id) => !this.#stopIds.has(id)),
      ...Array.from({ length: beyond }, (_, at) => tokenizer.vocabularySize + at),
    ];
  }

  /** See `GenerationModel.generate`. A text that is longer than the model takes is read up to there. */
  async generate(params: GenerateParams, step: Step, onText: (text: string) => void): Promise<GenerateResult> {
    const { prompt, maxTokens, until, sampling } = params;
    if (prompt.kind !== 'text')
      throw new EngineError(
        'invalid',
        `${this.folder.name} takes no prompt of the kind "${prompt.kind}", only "text".`,
      );
    const started = performance.now();
    const { ids, cut } = this.#framed(prompt.text);
    const tokenizeMs = performance.now() - started;

    const written = new WrittenText(
      withoutFirstSpace(this.tokenizer),
      until === 'sentence' ? sentenceRule : wholeTextRule,
      onText,
    );
    const request = { prompt: ids, maxTokens, stopIds: this.#stopIds, forbiddenIds: this.#forbiddenIds, sampling };
    const generated = await this.model.generate(
      { ...request, onToken: ({ id }) => (written.push(id) ? 'continue' : 'stop') },
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

  #framed(text: string): { ids: number[]; cut: boolean } {
    const { before, after } = readFrame(this.folder.tokenizer);
    const ids = this.tokenizer.encode(text);
    const kept = ids.slice(0, this.folder.contextLength - before.length - after.length);
    return { ids: [...before, ...kept, ...after], cut: kept.length < ids.length };
  }
}

/** Words of sentencepiece begin with their space, the first one of a text too. */
function withoutFirstSpace(tokenizer: Pick<Tokenizer, 'stream'>): Pick<Tokenizer, 'stream'> {
  return {
    stream: (skipped) => {
      const stream = tokenizer.stream(skipped);
      let first = true;
      const trimmed = (piece: string): string => {
        if (!first || piece === '') return piece;
        first = false;
        return piece.replace(/^ /, '');
      };
      return { push: (id) => trimmed(stream.push(id)), end: () => trimmed(stream.end()) };
    },
  };
}
