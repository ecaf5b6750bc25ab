/**
 * What all protocols have in common: what is asked for, what is read of each event of an answer, and what becomes of it. Types
 * only; used throughout `src/servers`.
 */
import type { ContextSnippet } from '../../ipc/engine/protocol';
import type { SpellingName } from '../../modelFolder/layouts/fillInTheMiddle';

/** A text that is missing at a cursor. */
export interface FillRequest {
  /** As the server names it; left out where it has but one. */
  readonly model?: string | undefined;
  /** Of the document, relative to its workspace folder, with `/`. */
  readonly path: string;
  /** Other files, most stable first. */
  readonly context: readonly ContextSnippet[];
  readonly prefix: string;
  readonly suffix: string;
  readonly maxTokens: number;
  /** Texts that end what is written; they are no part of it. */
  readonly stop: readonly string[];
  /** Whether log-probabilities are wanted, with so many of the likeliest tokens at each place. */
  readonly likeliest?: number | undefined;
  /** For protocols that take one text. */
  readonly spelling?: SpellingName | undefined;
}

/** A conversation that is to go on. */
export interface ChatRequest {
  readonly model?: string | undefined;
  readonly messages: readonly { readonly role: 'system' | 'user' | 'assistant'; readonly content: string }[];
  readonly maxTokens: number;
  readonly stop: readonly string[];
  readonly likeliest?: number | undefined;
  /** 0, the likeliest each time, where it is left out. */
  readonly temperature?: number | undefined;
  readonly topP?: number | undefined;
  readonly seed?: number | undefined;
}

/** A token as the server's model wrote it. Natural logarithms. */
export interface ServerToken {
  readonly text: string;
  /** Absent where the server does not say. */
  readonly logprob?: number;
  /** The likeliest at its place, itself included where it is one; empty unless it was asked for. */
  readonly likeliest: readonly { readonly text: string; readonly logprob: number }[];
}

export type ServerFinish = 'stop' | 'length';

/** What one event of an answer adds. */
export interface TextPiece {
  readonly text: string;
  readonly tokens: readonly ServerToken[];
  /** Set where nothing follows. */
  readonly finish?: ServerFinish;
  readonly usage?: Partial<ServerUsage>;
}

/** What a server counted. */
export interface ServerUsage {
  readonly promptTokens: number;
  /** Of the prompt, those that it still knew. */
  readonly cachedTokens: number;
  readonly writtenTokens: number;
}

export interface TextRequest {
  readonly path: string;
  readonly body: object;
}

/** A way to have a text written. Pure: `writeText.ts` does the asking. */
export interface TextProtocol<Request> {
  readonly framing: 'serverSentEvents' | 'jsonLines';
  request(request: Request): TextRequest;
  /** @returns undefined where the event says nothing of the text @throws {ServerError} `invalid`, `failed` */
  piece(event: unknown): TextPiece | undefined;
}
