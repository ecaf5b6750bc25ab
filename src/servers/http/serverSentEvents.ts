/**
 * Reads server-sent events as they arrive, by the WHATWG's HTML standard ("9.2.6 Interpreting an event stream"); used by the
 * protocols of llama.cpp and OpenAI. What an event holds is not looked at.
 */
import { ServerError } from '../errors';
import { LineSplitter, maxLineLength } from './lineSplitter';

/** Turns lines into the `data` of events. */
export class EventParser {
  #data: string[] = [];
  #length = 0;

  /** @param limit of the data of one event, in UTF-16 units */
  constructor(private readonly limit = maxLineLength) {}

  /** @returns the data of the event that the line completes @throws {ServerError} `tooLarge` where it does not end */
  line(line: string): string | undefined {
    if (line === '') return this.#dispatch();
    const colon = line.indexOf(':');
    const field = colon < 0 ? line : line.slice(0, colon);
    // `event`, `id` and `retry` say nothing here, and a line that begins with a colon is a comment.
    if (field !== 'data') return undefined;
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    this.#length += value.length + 1;
    if (this.#length > this.limit) throw new ServerError('tooLarge', 'The server sent an event that does not end.');
    this.#data.push(value);
    return undefined;
  }

  #dispatch(): string | undefined {
    const data = this.#data.length === 0 ? undefined : this.#data.join('\n');
    this.#data = [];
    this.#length = 0;
    return data;
  }
}

/**
 * The data of each event. One that the stream ends in the middle of is dropped, as the standard has it.
 *
 * @throws {ServerError} `invalid`, `tooLarge`, and what the chunks throw
 */
export async function* readServerSentEvents(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string, void> {
  const lines = new LineSplitter();
  const events = new EventParser();
  for await (const chunk of chunks) {
    for (const line of lines.push(chunk)) {
      const data = events.line(line);
      if (data !== undefined) yield data;
    }
  }
}
