/**
 * Has a server write a text, by any of the protocols, and reads it as it streams; used by `client.ts` of this folder. What it
 * returns is bounded, of characters that source files have, and complete or an error.
 */
import { ServerError } from './errors';
import type { HttpClient } from './http/client';
import { jsonOf } from './http/json';
import { readJsonLines } from './http/jsonLines';
import { textLimits } from './http/limits';
import type { HttpLimits } from './http/limits';
import { readServerSentEvents } from './http/serverSentEvents';
import type { ServerFinish, ServerToken, ServerUsage, TextPiece, TextProtocol, TextRequest } from './protocols/types';

export interface ServerText {
  readonly text: string;
  /** Empty where the server gives none. Their texts joined give `text`, or a longer text that was cut at a stop. */
  readonly tokens: readonly ServerToken[];
  /** `cut`: by `until` */
  readonly finish: ServerFinish | 'cut';
  readonly usage: Partial<ServerUsage>;
}

export interface WriteOptions {
  readonly signal?: AbortSignal | undefined;
  readonly limits?: HttpLimits;
  /** Called with each piece of the text; no piece is taken back. */
  readonly onText?: ((text: string) => void) | undefined;
  /** Whether the text so far is all that is wanted: the server is told to stop, by closing the connection. */
  readonly until?: ((text: string) => boolean) | undefined;
}

/** UTF-16 units: far beyond the tokens of a completion or a summary. */
const maxTextLength = 262_144;
const maxTokens = 65_536;
/** So long an answer may take to end behind its last piece, so that its connection can be used again. Milliseconds. */
const lingerMs = 250;
/** Ends a stream of OpenAI's protocol; it is no JSON. */
const done = '[DONE]';

/** @throws {ServerError} where the text is not whole, or is none */
export async function writeText<Request>(
  http: HttpClient,
  protocol: TextProtocol<Request>,
  request: Request,
  options: WriteOptions = {},
): Promise<ServerText> {
  const { onText, until } = options;
  const own = new AbortController();
  const signal = options.signal ? AbortSignal.any([options.signal, own.signal]) : own.signal;
  const events = eventsOf(http, protocol, protocol.request(request), signal, options.limits ?? textLimits);
  const written = new Accumulator();
  try {
    for (;;) {
      const { value, done: ended } = await events.next();
      if (ended || value === done) return written.end();
      const piece = protocol.piece(jsonOf(value, http.address.origin));
      if (piece === undefined) continue;
      written.add(piece);
      if (piece.text !== '') onText?.(piece.text);
      if (piece.text !== '' && until?.(written.text)) return written.cut();
      if (piece.finish !== undefined) {
        finishInBackground(events, own);
        return written.end();
      }
    }
  } catch (error) {
    own.abort();
    throw error;
  } finally {
    // Closes the connection where the stream has not ended: the server stops then.
    if (!written.finished) void events.return().catch(ignore);
  }
}

/** The pieces of one text, joined. */
class Accumulator {
  text = '';
  readonly #tokens: ServerToken[] = [];
  #finish: ServerFinish | undefined;
  #usage: Partial<ServerUsage> = {};

  /** Whether the server said that nothing follows. */
  get finished(): boolean {
    return this.#finish !== undefined;
  }

  /** @throws {ServerError} `tooLarge`, `invalid` */
  add({ text, tokens, finish, usage }: TextPiece): void {
    if (this.text.length + text.length > maxTextLength || this.#tokens.length + tokens.length > maxTokens)
      throw new ServerError('tooLarge', 'The server does not stop writing.');
    // Surrogates may come in two pieces, so they are looked at when the text has ended.
    if (/(?![\t\n\r\f])\p{Cc}/u.test(text)) throw unreadable();
    this.text += text;
    this.#tokens.push(...tokens);
    this.#finish = finish;
    this.#usage = { ...this.#usage, ...usage };
  }

  /** @throws {ServerError} `unreachable` where the server broke off, `invalid` */
  end(): ServerText {
    if (this.#finish === undefined)
      throw new ServerError('unreachable', 'The server broke off in the middle of its answer.');
    return this.#result(this.#finish);
  }

  /** @throws {ServerError} `invalid` */
  cut(): ServerText {
    return this.#result('cut');
  }

  #result(finish: ServerText['finish']): ServerText {
    if (!this.text.isWellFormed()) throw unreadable();
    return { text: this.text, tokens: this.#tokens, finish, usage: this.#usage };
  }
}

const unreadable = (): ServerError =>
  new ServerError('invalid', 'The server wrote characters that no source file has.');

function eventsOf<Request>(
  http: HttpClient,
  { framing }: TextProtocol<Request>,
  { path, body }: TextRequest,
  signal: AbortSignal,
  limits: HttpLimits,
): AsyncGenerator<string, void> {
  const chunks = http.stream({ path, body, limits, signal });
  return framing === 'jsonLines' ? readJsonLines(chunks) : readServerSentEvents(chunks);
}

/** The text is there, or its error is thrown: how the connection ends beside that is of no interest. */
const ignore = (): void => undefined;

/** Reads what little may follow, so that the connection can be used again; a server that goes on is cut off. */
function finishInBackground(events: AsyncGenerator<string, void>, own: AbortController): void {
  const timer = setTimeout(() => own.abort(), lingerMs);
  const drain = async (): Promise<void> => {
    for (let next = await events.next(); !next.done; next = await events.next());
  };
  void drain()
    .catch(ignore)
    .finally(() => clearTimeout(timer));
}
