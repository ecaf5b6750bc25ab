/**
 * Schemas of what several protocols have in their answers, and how an answer is checked; used by the protocol modules. Fields
 * that nobody reads are left out, so that a newer server's answers still fit.
 */
import * as v from 'valibot';
import { count } from '../../common/schemas';
import { ServerError } from '../errors';
import type { ServerFinish, ServerToken } from './types';

/** UTF-16 units of what one event, or one token, may hold. */
const maxPieceLength = 65_536;
/** A server has no reason to list more at one place. */
const maxLikeliest = 100;
const maxTokensOfEvent = 4_096;

export const pieceText = v.pipe(v.string(), v.maxLength(maxPieceLength));
/** A natural logarithm of a probability; what rounding puts above 0 is 0. */
const logprob = v.pipe(
  v.number(),
  v.finite(),
  v.transform((value) => Math.min(value, 0)),
);
const likelyToken = v.object({ token: pieceText, logprob });

/** As llama.cpp, Ollama and the chats of OpenAI write the probabilities of a text. */
export const tokenList = v.pipe(
  v.array(
    v.object({
      token: pieceText,
      logprob: v.nullish(logprob),
      top_logprobs: v.nullish(v.pipe(v.array(likelyToken), v.maxLength(maxLikeliest))),
    }),
  ),
  v.maxLength(maxTokensOfEvent),
  v.transform((tokens): ServerToken[] =>
    tokens.map(({ token, logprob, top_logprobs }) => ({
      text: token,
      ...(typeof logprob === 'number' && { logprob }),
      likeliest: (top_logprobs ?? []).map((other) => ({ text: other.token, logprob: other.logprob })),
    })),
  ),
);

/** As OpenAI's completions write them: lists side by side, of which the last may be missing. */
export const tokenColumns = v.pipe(
  v.object({
    tokens: v.pipe(v.array(pieceText), v.maxLength(maxTokensOfEvent)),
    token_logprobs: v.nullish(v.pipe(v.array(v.nullable(logprob)), v.maxLength(maxTokensOfEvent))),
    top_logprobs: v.nullish(v.pipe(v.array(v.nullable(v.record(pieceText, logprob))), v.maxLength(maxTokensOfEvent))),
  }),
  v.transform(({ tokens, token_logprobs, top_logprobs }): ServerToken[] =>
    tokens.map((text, at) => ({
      text,
      ...(typeof token_logprobs?.[at] === 'number' && { logprob: token_logprobs[at] }),
      likeliest: Object.entries(top_logprobs?.[at] ?? {})
        .slice(0, maxLikeliest)
        .map(([other, value]) => ({ text: other, logprob: value }))
        .sort((a, b) => b.logprob - a.logprob),
    })),
  ),
);

export const usage = v.object({
  prompt_tokens: v.nullish(count),
  completion_tokens: v.nullish(count),
  prompt_tokens_details: v.nullish(v.object({ cached_tokens: v.nullish(count) })),
});

/** Why a text ended, as OpenAI says it. */
export const finishReason = v.nullish(v.pipe(v.string(), v.maxLength(100)));

export const finishOf = (reason: string | null | undefined): { readonly finish?: ServerFinish } =>
  reason === null || reason === undefined || reason === '' ? {} : { finish: reason === 'length' ? 'length' : 'stop' };

/** What an event has in place of a text where the server failed in the middle of one. */
const failure = v.object({ error: v.union([v.string(), v.looseObject({})]) });

/**
 * An event or answer by its schema.
 *
 * @throws {ServerError} `failed` where it says that the server failed, `invalid` where it does not fit
 */
export function checked<S extends v.GenericSchema>(schema: S, value: unknown): v.InferOutput<S> {
  const result = v.safeParse(schema, value, { abortEarly: true });
  if (result.success && !v.is(failure, value)) return result.output;
  if (v.is(failure, value)) throw new ServerError('failed', 'The server failed in the middle of its answer.');
  throw new ServerError('invalid', 'The server sent an answer that is none of its protocol.');
}
