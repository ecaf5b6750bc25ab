/**
 * Cuts a stream of bytes into lines of text as they arrive; used by the parsers of server-sent events and of JSON lines. It
 * never holds more than one line and one chunk.
 */
import { ServerError } from '../errors';

/** UTF-16 units. The last event of llama.cpp repeats the whole prompt. */
export const maxLineLength = 1_048_576;

/** Lines end with `\n`, `\r\n` or `\r`; bytes must be UTF-8, and a byte order mark at the start is dropped. */
export class LineSplitter {
  readonly #decoder = new TextDecoder('utf-8', { fatal: true });
  #rest = '';

  /** @param limit of a line, in UTF-16 units */
  constructor(private readonly limit = maxLineLength) {}

  /**
   * @returns the lines that are complete by now, without their ends
   * @throws {ServerError} `invalid` where the bytes are not UTF-8, `tooLarge` where a line does not end
   */
  push(bytes: Uint8Array): string[] {
    return this.#split(this.#decode(bytes));
  }

  /** @returns the last line, where the stream ended without a line end @throws {ServerError} as {@link push} does */
  end(): string[] {
    const lines = this.#split(this.#decode());
    const rest = this.#rest;
    this.#rest = '';
    return rest === '' ? lines : [...lines, rest.replace(/\r$/, '')];
  }

  #split(text: string): string[] {
    const lines = (this.#rest + text).split(/\r\n|\n|\r(?!$)/);
    // A `\r` at the end of what has arrived may be half of a line end.
    this.#rest = lines.pop() ?? '';
    if (this.#rest.length > this.limit || lines.some(({ length }) => length > this.limit))
      throw new ServerError('tooLarge', 'The server sent a line that does not end.');
    return lines;
  }

  #decode(bytes?: Uint8Array): string {
    try {
      return bytes === undefined ? this.#decoder.decode() : this.#decoder.decode(bytes, { stream: true });
    } catch {
      throw new ServerError('invalid', 'The server sent bytes that are no text in UTF-8.');
    }
  }
}
