/**
 * llama.cpp's own endpoints: `POST /infill`, for which its server writes the prompt, and `GET /props`. Used by the prober and
 * where a completion is written. Source: `tools/server/README.md` of ggml-org/llama.cpp.
 */
import * as v from 'valibot';
import { count } from '../../common/schemas';
import { checked, pieceText, tokenList } from './parts';
import type { FillRequest, TextPiece, TextProtocol } from './types';

const infillEvent = v.object({
  content: pieceText,
  stop: v.boolean(),
  stop_type: v.nullish(v.string()),
  tokens_evaluated: v.nullish(count),
  tokens_cached: v.nullish(v.number()),
  tokens_predicted: v.nullish(count),
  timings: v.nullish(v.object({ cache_n: v.nullish(count) })),
  completion_probabilities: v.nullish(tokenList),
});

function piece(event: unknown): TextPiece {
  const { content, stop, stop_type, completion_probabilities, ...counts } = checked(infillEvent, event);
  return {
    text: content,
    tokens: completion_probabilities ?? [],
    ...(stop && { finish: stop_type === 'limit' ? 'length' : 'stop' }),
    // Each event has the first two, so that they are known of a text that was cut, too.
    usage: {
      ...(typeof counts.tokens_evaluated === 'number' && { promptTokens: counts.tokens_evaluated }),
      ...(typeof counts.tokens_predicted === 'number' && { writtenTokens: counts.tokens_predicted }),
      ...(typeof counts.timings?.cache_n === 'number' && { cachedTokens: counts.timings.cache_n }),
    },
  };
}

/** The likeliest token is taken each time. Only samplers that are listed run, so a temperature alone would do nothing. */
const greedy = { temperature: 0, samplers: ['temperature'] };

function infillBody({ model, context, prefix, suffix, maxTokens, stop, likeliest = 0 }: FillRequest): object {
  // What stands on the cursor's line goes behind the mark of the middle, where it is not cut into other tokens.
  const line = prefix.lastIndexOf('\n') + 1;
  return {
    ...(model !== undefined && { model }),
    input_prefix: prefix.slice(0, line),
    prompt: prefix.slice(line),
    input_suffix: suffix,
    input_extra: context.map((file) => ({ filename: file.path, text: file.text })),
    n_predict: maxTokens,
    stop,
    stream: true,
    cache_prompt: true,
    ...greedy,
    ...(likeliest > 0 && { n_probs: likeliest }),
  };
}

export const infill: TextProtocol<FillRequest> = {
  framing: 'serverSentEvents',
  request: (request) => ({ path: '/infill', body: infillBody(request) }),
  piece,
};

/** Has the server read a prompt and write nothing, so that the next request finds it in its cache. */
export const warmUp = (request: FillRequest): { readonly path: string; readonly body: object } => ({
  path: '/infill',
  body: infillBody({ ...request, maxTokens: 0, likeliest: 0 }),
});

const props = v.object({
  default_generation_settings: v.object({ n_ctx: v.nullish(count) }),
  total_slots: v.nullish(count),
  model_alias: v.nullish(v.string()),
  model_path: v.nullish(v.string()),
  build_info: v.nullish(v.string()),
});

/** What `/props` says. */
export interface LlamaCppProperties {
  /** Tokens that one request has room for. */
  readonly contextLength?: number;
  /** Requests that are served at once. */
  readonly slots?: number;
  readonly model?: string;
}

/** @returns undefined where the answer is not llama.cpp's */
export function propertiesOf(answer: unknown): LlamaCppProperties | undefined {
  const result = v.safeParse(props, answer);
  if (!result.success) return undefined;
  const { default_generation_settings, total_slots, model_alias, model_path, build_info } = result.output;
  // One of these is in every version's answer.
  if ([total_slots, model_path, build_info].every((value) => value === null || value === undefined)) return undefined;
  const model = model_alias ?? model_path;
  return {
    ...(typeof default_generation_settings.n_ctx === 'number' && { contextLength: default_generation_settings.n_ctx }),
    ...(typeof total_slots === 'number' && { slots: total_slots }),
    ...(typeof model === 'string' && { model }),
  };
}
