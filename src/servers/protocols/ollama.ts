/**
 * Ollama's own endpoints: `POST /api/generate`, `POST /api/show` and `GET /api/tags`. Used by the prober and where a completion is
 * written. Source: `docs/api.md` of ollama/ollama.
 */
import * as v from 'valibot';
import { count } from '../../common/schemas';
import { fillPrompt } from '../fillPrompt';
import { checked, pieceText, tokenList } from './parts';
import type { FillRequest, TextPiece, TextProtocol, TextRequest } from './types';

const generateEvent = v.object({
  response: pieceText,
  done: v.boolean(),
  done_reason: v.nullish(v.string()),
  prompt_eval_count: v.nullish(count),
  eval_count: v.nullish(count),
  logprobs: v.nullish(tokenList),
});

function piece(event: unknown): TextPiece {
  const { response, done, done_reason, prompt_eval_count, eval_count, logprobs } = checked(generateEvent, event);
  return {
    text: response,
    tokens: logprobs ?? [],
    ...(done && {
      finish: done_reason === 'length' ? 'length' : 'stop',
      usage: {
        ...(typeof prompt_eval_count === 'number' && { promptTokens: prompt_eval_count }),
        ...(typeof eval_count === 'number' && { writtenTokens: eval_count }),
      },
    }),
  };
}

/** Long enough for a pause in thought: a model that was put away takes seconds to come back. */
const keepAlive = '30m';

/** Without a spelling, the model's template has to take the suffix, see {@link OllamaModel}; with one, the prompt is ours. */
export const generate: TextProtocol<FillRequest> = {
  framing: 'jsonLines',
  request: (request) => {
    const { model, prefix, suffix, maxTokens, likeliest = 0, spelling } = request;
    const own = spelling && fillPrompt(request, spelling);
    const body = {
      model,
      ...(own ? { prompt: own.prompt, raw: true } : { prompt: prefix, suffix }),
      stream: true,
      keep_alive: keepAlive,
      options: { num_predict: maxTokens, temperature: 0, stop: [...request.stop, ...(own?.stop ?? [])] },
      ...(likeliest > 0 && { logprobs: true, top_logprobs: likeliest }),
    };
    return { path: '/api/generate', body };
  },
  piece,
};

const tags = v.object({
  models: v.pipe(
    v.array(
      v.object({
        name: v.string(),
        size: v.nullish(count),
        details: v.nullish(
          v.object({ parameter_size: v.nullish(v.string()), quantization_level: v.nullish(v.string()) }),
        ),
      }),
    ),
    v.maxLength(1_000),
  ),
});

/** The names of the models that it has, as `/api/tags` lists them; undefined where the answer is not Ollama's. */
export function modelNamesOf(answer: unknown): readonly string[] | undefined {
  const result = v.safeParse(tags, answer);
  return result.success ? result.output.models.map(({ name }) => name) : undefined;
}

/** Asks what a model can do. */
export const show = (model: string): TextRequest => ({ path: '/api/show', body: { model } });

const shown = v.object({
  template: v.nullish(v.string()),
  capabilities: v.nullish(v.array(v.string())),
  model_info: v.nullish(v.record(v.string(), v.unknown())),
});

/** What `/api/show` says of a model. */
export interface OllamaModel {
  /** Whether `suffix` reaches the model: by its capabilities, and by its template where a server lists none. */
  readonly takesSuffix: boolean;
  readonly embeds: boolean;
  readonly contextLength?: number;
}

/** @throws {ServerError} `invalid` where the answer is not Ollama's */
export function modelOf(answer: unknown): OllamaModel {
  const { template, capabilities, model_info } = checked(shown, answer);
  const context = Object.entries(model_info ?? {}).find(([key]) => key.endsWith('.context_length'))?.[1];
  return {
    takesSuffix: capabilities?.includes('insert') ?? /\.Suffix\b/.test(template ?? ''),
    embeds: capabilities?.includes('embedding') === true,
    ...(v.is(count, context) && { contextLength: context }),
  };
}
