/**
 * Completes as the engine's method `complete` does, by a server: the same parameters, the same result, so that gate, filters and
 * caches of the completion feature need not know which of both wrote. Used where the feature asks the engine. It chooses no rule
 * of where a text ends; that is handed in.
 */
import type { AlternativeText, CompleteParams, CompleteResult, WrittenToken } from '../ipc/engine/protocol';
import { ServerError } from './errors';
import { writeOthers } from './otherTexts';
import type { ProposedText } from './otherTexts';
import type { FillRequest, ServerToken } from './protocols/types';
import { usualContextLength } from './probe';
import { endedBy, keptOf } from './ruledText';
import type { EndRule } from './ruledText';
import type { FillOptions, ServerClient } from './serverClient';
import type { ServerText } from './writeText';

export interface ServerCompletionOptions extends Pick<FillOptions, 'signal' | 'limits' | 'ahead'> {
  /** Called with each new piece of what is proposed; no piece is taken back. */
  readonly onText?: (text: string) => void;
  /** Tokens that a request of the model has room for, where the server says it. */
  readonly contextLength?: number | undefined;
  /** Milliseconds of a clock that is never set. */
  readonly now?: () => number;
  /**
   * Called where the server does not tell how much it read, also of a text that was given up.
   *
   * @param tokens of the prompt at most @param ms until the first text, or until the end where there was none
   */
  readonly onUntold?: (tokens: number, ms: number) => void;
}

/** So many of the likeliest tokens are asked for at each place; the text's own is among them. */
const likeliest = 3;
/**
 * Of a text whose server gives no probabilities, which no gate can judge: nobody knows more than that it may be right or
 * wrong.
 */
export const unknownConfidence = 0.5;

/** A completion, and what the server said of each of its tokens. */
export interface ServerCompletion {
  readonly result: CompleteResult;
  readonly tokens: readonly ServerToken[];
}

/** @throws {ServerError} */
export async function completeByServer(
  client: Pick<ServerClient, 'fill'>,
  params: CompleteParams,
  rule: EndRule,
  options: ServerCompletionOptions = {},
): Promise<ServerCompletion> {
  const { signal, limits, ahead, contextLength, onText, now = () => performance.now(), onUntold } = options;
  const started = now();
  let firstMs: number | undefined;
  const request = fillRequestOf(params, contextLength);
  const asking = { signal, ...(ahead && { ahead }), ...(limits && { limits }) };
  const ended = endedBy(rule, onText);
  const untold = (): void => onUntold?.(mostTokensOf(request), firstMs ?? now() - started);
  const written = await client
    .fill(request, {
      ...asking,
      ...ended,
      onText: (piece) => {
        firstMs ??= now() - started;
        ended.onText(piece);
      },
    })
    .catch((error: unknown) => {
      if (isGivenUp(error)) untold();
      throw error;
    });
  const totalMs = now() - started;
  if (written.usage.promptTokens === undefined) untold();
  const completion = completionOf(written, rule, { firstMs: firstMs ?? totalMs, totalMs });
  if (params.alternatives === undefined) return completion;
  const others = await writeOthers(client, request, written, { count: params.alternatives, rule, options: asking });
  const alternatives = others.map((other): AlternativeText => proposalOf(other, rule));
  return { ...completion, result: { ...completion.result, alternatives: unlike(completion.result, alternatives) } };
}

/** Those that say something, no two alike. */
function unlike({ text }: CompleteResult, others: readonly AlternativeText[]): AlternativeText[] {
  const known = new Set(['', text]);
  return others.filter((other) => !known.has(other.text) && known.add(other.text));
}

/**
 * What is sent: as much of the text around the cursor as the server's model has room for, or reads in time.
 *
 * @param contextLength see {@link ServerCompletionOptions}
 */
export function fillRequestOf(params: CompleteParams, contextLength?: number): Omit<FillRequest, 'model' | 'spelling'> {
  const { path, context, prefix, suffix, maxTokens, mode } = fitted(params, contextLength);
  // With a stop, the server ends such a text by itself, and its connection can be used again.
  return { path, context, prefix, suffix, maxTokens, likeliest, stop: mode === 'line' ? ['\n'] : [] };
}

/** Whether a request ended without its text because that took too long, and not because it failed. */
const isGivenUp = (error: unknown): boolean =>
  error instanceof ServerError && (error.code === 'cancelled' || error.code === 'deadline');

/** Of code, and of most tokenizers: fewer characters are rare. */
const charactersPerToken = 2.5;

function mostTokensOf({ prefix, suffix, context }: Pick<FillRequest, 'prefix' | 'suffix' | 'context'>): number {
  return Math.ceil((prefix.length + suffix.length + lengthOf(context)) / charactersPerToken);
}

const lengthOf = (context: FillRequest['context']): number =>
  context.reduce((length, { path, text }) => length + path.length + text.length, 0);

/** The start of a text that was cut moves in steps of this part of the room, so that what the server has read stays of use. */
const cutShare = 0.2;

/** Most of what there is room for stands before the cursor. */
function fitted(params: CompleteParams, contextLength = usualContextLength): CompleteParams {
  const tokens = Math.min(contextLength - params.maxTokens - 64, params.maxPromptTokens ?? Infinity);
  const room = Math.max(512, Math.floor(tokens * charactersPerToken));
  const suffix = params.suffix.slice(0, Math.floor(room / 4)).toWellFormed();
  const excess = params.prefix.length + suffix.length - room;
  const cutStep = Math.floor(room * cutShare);
  const cut = excess > 0 ? Math.ceil(excess / cutStep) * cutStep : 0;
  const rest = params.prefix.slice(Math.min(cut, params.prefix.length - Math.floor(room / 4)));
  const lineStart = rest.indexOf('\n') + 1;
  const prefix = cut === 0 ? params.prefix : rest.slice(lineStart).toWellFormed();
  const left = room - prefix.length - suffix.length;
  const shown = lengthOf(params.context);
  return { ...params, prefix, suffix, context: shown <= left ? params.context : [] };
}

function completionOf(
  written: ServerText,
  rule: EndRule,
  times: { readonly firstMs: number; readonly totalMs: number },
): ServerCompletion {
  const proposal = proposalOf(written, rule);
  const { promptTokens = 0, cachedTokens = 0, writtenTokens = written.tokens.length } = written.usage;
  const result: CompleteResult = {
    ...proposal,
    // The server keeps its tokens to itself: such a text is explained by its probabilities only.
    promptIds: new Int32Array(),
    timings: {
      tokenizeMs: 0,
      reusedTokens: Math.min(cachedTokens, promptTokens),
      prefillTokens: Math.max(0, promptTokens - cachedTokens),
      prefillMs: times.firstMs,
      decodeTokens: writtenTokens,
      decodeMs: Math.max(0, times.totalMs - times.firstMs),
    },
  };
  return { result, tokens: tokensOf(written.tokens, proposal.text) };
}

/** What is proposed of a text, and how likely it is. */
function proposalOf(written: ProposedText, rule: EndRule): AlternativeText {
  const { finish } = written;
  const text = keptOf(written, rule);
  const tokens = tokensOf(written.tokens, text);
  const logprob = logprobOf(tokens);
  return {
    text,
    tokens: tokens.map((token): WrittenToken => ({ id: 0, text: token.text, logprob: token.logprob ?? 0 })),
    logprob: logprob ?? Math.log(unknownConfidence),
    confidence: text === '' ? 0 : logprob === undefined ? unknownConfidence : Math.exp(logprob),
    finish:
      finish === 'length' ? 'length' : finish === 'cut' || text.length < written.text.length ? 'stop' : 'endOfMiddle',
  };
}

/** The tokens of a text that was cut, up to the one that it ends in. Where a token shows only a part of a character, all. */
function tokensOf(tokens: readonly ServerToken[], text: string): readonly ServerToken[] {
  if (
    !tokens
      .map((token) => token.text)
      .join('')
      .startsWith(text)
  )
    return tokens;
  let length = 0;
  const needed = tokens.findIndex((token) => (length += token.text.length) >= text.length);
  return tokens.slice(0, needed + 1);
}

/** Of all tokens together, natural logarithm; undefined where the server does not say it of each. */
function logprobOf(tokens: readonly ServerToken[]): number | undefined {
  if (tokens.length === 0) return undefined;
  return tokens.reduce<number | undefined>(
    (sum, { logprob }) => (sum === undefined || logprob === undefined ? undefined : sum + logprob),
    0,
  );
}
