/**
 * Who writes summaries: the engine with the local model, or a server of the user's, `byServer.ts`. Used by the summarizer, which
 * plans its questions by what the writer says of itself, and by the cache of answers.
 */
import type { EngineClient } from '../../ipc/engine/client';
import type { GenerateParams, GenerateResult } from '../../ipc/engine/messages/generate';
import type { WriterFacts } from './prompts';

/** What a model has written, and what it read before. */
export type ModelAnswer = Pick<GenerateResult, 'text' | 'cut' | 'finish' | 'promptIds' | 'tokens'>;

export interface SummaryWriter {
  /** @param model absolute path of the folder of the local model @throws {EngineError} */
  facts(model: string): Promise<WriterFacts>;
  /**
   * @param onText called with each new piece of the text
   * @throws {EngineError} and {ServerError}, after which `facts` are those of another writer
   */
  generate(
    params: GenerateParams,
    onText: (piece: string) => void,
    signal: AbortSignal | undefined,
  ): Promise<ModelAnswer>;
  /** Forgets what is known of models: another one may have the same name. */
  reset(): void;
}

/** By the models of this machine. */
export class SummariesByEngine implements SummaryWriter {
  readonly #models = new Map<string, Promise<WriterFacts>>();

  constructor(private readonly engine: Pick<EngineClient, 'request'>) {}

  /** Each model is asked once. */
  facts(model: string): Promise<WriterFacts> {
    const known = this.#models.get(model);
    if (known !== undefined) return known;
    const asked = this.engine
      .request('load', { model }, { priority: 'summarize' })
      .then(({ prompts, role, contextLength }): WriterFacts => ({ model, prompts, role, contextLength }));
    this.#models.set(model, asked);
    // A folder that was mended is asked again.
    asked.catch(() => this.#models.delete(model));
    return asked;
  }

  async generate(
    params: GenerateParams,
    onText: (piece: string) => void,
    signal: AbortSignal | undefined,
  ): Promise<ModelAnswer> {
    const { text, cut, finish, promptIds, tokens } = await this.engine.request('generate', params, {
      priority: 'summarize',
      signal,
      onEvent: (event) => onText(event.text),
    });
    return { text, cut, finish, promptIds, tokens };
  }

  reset(): void {
    this.#models.clear();
  }
}
