/**
 * OpenAI's `POST /v1/chat/completions`, which all of the servers have; used for summaries. What a model thinks aloud before it
 * answers is not read.
 */
import { completionPiece } from './completions';
import type { ChatRequest, TextProtocol } from './types';

/** Conversations, answered by one text. */
export const chat: TextProtocol<ChatRequest> = {
  framing: 'serverSentEvents',
  request: ({ model, messages, maxTokens, stop, likeliest = 0, temperature = 0, topP, seed }) => ({
    path: '/v1/chat/completions',
    body: {
      ...(model !== undefined && { model }),
      messages,
      max_tokens: maxTokens,
      temperature,
      ...(topP !== undefined && { top_p: topP }),
      ...(seed !== undefined && { seed }),
      stream: true,
      ...(stop.length > 0 && { stop }),
      ...(likeliest > 0 && { logprobs: true, top_logprobs: likeliest }),
    },
  }),
  piece: completionPiece,
};
