/**
 * Cache of the model's answers for summaries, keyed by a hash of the whole request; asks the writer for what is not
 * known. Used by `summarizer.ts` and `writing.ts`; bounded, in memory only.
 */
import { createHash } from 'node:crypto';
import { BoundedMap } from '../../common/boundedMap';
import type { GenerateParams } from '../../ipc/engine/messages/generate';
import type { ModelAnswer, SummaryWriter } from './writers';

const rememberedAnswers = 4_000;

/**
 * What a model answered, kept by the hash of all that the answer depends on: where code has changed, only what it is a
 * part of is asked again.
 */
export class AnswerCache {
  readonly #known = new BoundedMap<string, ModelAnswer>(rememberedAnswers);

  constructor(private readonly writer: Pick<SummaryWriter, 'generate'>) {}

  /**
   * @param onText called with each new piece of the text; once with all of it where the answer is cached
   * @throws {EngineError} as of `SummaryWriter.generate`
   */
  async ask(
    params: GenerateParams,
    onText: (piece: string) => void,
    signal: AbortSignal | undefined,
  ): Promise<ModelAnswer> {
    const key = createHash('sha256').update(JSON.stringify(params)).digest('base64');
    const known = this.#known.get(key);
    if (known !== undefined) {
      this.#known.set(key, known);
      onText(known.text);
      return known;
    }
    const answer = await this.writer.generate(params, onText, signal);
    this.#known.set(key, answer);
    return answer;
  }

  clear(): void {
    this.#known.clear();
  }
}
