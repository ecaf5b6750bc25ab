/**
 * OpenAI's `POST /v1/completions`, as vLLM, SGLang, LM Studio, llama.cpp and Docker Model Runner serve it, and the endpoint
 * `POST /v1/fim/completions` that Mistral made beside it. Used where a completion is written. Several of these servers refuse or
 * ignore `suffix`, so the first is given one text, the fill-in-the-middle prompt.
 */
import * as v from 'valibot';
import { fillPrompt } from '../fillPrompt';
import { checked, finishOf, finishReason, pieceText, tokenColumns, tokenList, usage } from './parts';
import type { FillRequest, TextPiece, TextProtocol } from './types';

const choice = v.object({
  index: v.nullish(v.number()),
  text: v.nullish(pieceText),
  // Servers of the second endpoint stream as chats do.
  delta: v.nullish(v.object({ content: v.nullish(pieceText) })),
  finish_reason: finishReason,
  logprobs: v.nullish(v.union([tokenColumns, v.object({ content: v.nullable(tokenList) })])),
});

const completionEvent = v.object({ choices: v.pipe(v.array(choice), v.maxLength(16)), usage: v.nullish(usage) });

/** @throws {ServerError} `failed`, `invalid` */
export function completionPiece(event: unknown): TextPiece | undefined {
  const { choices, usage: counts } = checked(completionEvent, event);
  const usage = counts && {
    ...(typeof counts.prompt_tokens === 'number' && { promptTokens: counts.prompt_tokens }),
    ...(typeof counts.completion_tokens === 'number' && { writtenTokens: counts.completion_tokens }),
    ...(typeof counts.prompt_tokens_details?.cached_tokens === 'number' && {
      cachedTokens: counts.prompt_tokens_details.cached_tokens,
    }),
  };
  const first = choices.find(({ index }) => (index ?? 0) === 0);
  if (first === undefined) return usage ? { text: '', tokens: [], usage } : undefined;
  const { text, delta, finish_reason, logprobs } = first;
  return {
    text: text ?? delta?.content ?? '',
    tokens: Array.isArray(logprobs) ? logprobs : (logprobs?.content ?? []),
    ...finishOf(finish_reason),
    ...(usage && { usage }),
  };
}

/** OpenAI's own limit is 4; the texts of the request count more than the model's marks. */
const maxStops = 16;

const common = ({ model, maxTokens, likeliest = 0 }: FillRequest): object => ({
  ...(model !== undefined && { model }),
  max_tokens: maxTokens,
  temperature: 0,
  stream: true,
  ...(likeliest > 0 && { logprobs: likeliest }),
});

/** A list without a text makes `transformers serve` fail in the middle of its answer. */
const stopping = (stop: readonly string[]): object => (stop.length > 0 ? { stop } : {});

/** With the prompt written by us; without a spelling, the text goes on from the prefix. */
export const completions: TextProtocol<FillRequest> = {
  framing: 'serverSentEvents',
  request: (request) => {
    const { prompt, stop } =
      request.spelling === undefined ? { prompt: request.prefix, stop: [] } : fillPrompt(request, request.spelling);
    const stops = [...request.stop, ...stop].slice(0, maxStops);
    return { path: '/v1/completions', body: { ...common(request), prompt, ...stopping(stops) } };
  },
  piece: completionPiece,
};

/** With prefix and suffix apart, for servers that write the prompt themselves. Its authors document no log-probabilities. */
export const fimCompletions: TextProtocol<FillRequest> = {
  framing: 'serverSentEvents',
  request: (request) => ({
    path: '/v1/fim/completions',
    body: {
      ...common({ ...request, likeliest: 0 }),
      prompt: request.prefix,
      suffix: request.suffix,
      ...stopping(request.stop.slice(0, maxStops)),
    },
  }),
  piece: completionPiece,
};
