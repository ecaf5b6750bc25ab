/**
 * Cache of the model's answers for summaries, keyed by a hash of the whole request; asks the engine for what is not
 * known. Used by `summarizer.ts` and `writing.ts`; bounded, in memory only.
 */
import { createHash } from 'node:crypto';
import { BoundedMap } from '../../common/boundedMap';
import type { EngineClient } from '../../ipc/engine/client';
import type { GenerateParams, GenerateResult } from '../../ipc/engine/messages/generate';

/** What a model has written, and what it read before. */
export type ModelAnswer = Pick<GenerateResult, 'text' | 'cut' | 'finish' | 'promptIds' | 'tokens'>;

const rememberedAnswers = 4_000;

/**
 * What a model answered, kept by the hash of all that the answer depends on: where code has changed, only what it is a
 * part of is asked again.
 */
export class AnswerCache {
  readonly #known = new BoundedMap<string, ModelAnswer>(rememberedAnswers);

  constructor(private readonly engine: Pick<EngineClient, 'request'>) {}

  /**
   * @param onText called with each new piece of the text; once with all of it where the answer is cached
   * @throws {EngineError} see `EngineClient.request`
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
    const { text, cut, finish, promptIds, tokens } = await this.engine.request('generate', params, {
      priority: 'summarize',
      signal,
      onEvent: (event) => onText(event.text),
    });
    const answer = { text, cut, finish, promptIds, tokens };
    this.#known.set(key, answer);
    return answer;
  }

  clear(): void {
    this.#known.clear();
  }
}
