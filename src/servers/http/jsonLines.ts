/**
 * Reads newline-delimited JSON as it arrives, a text for each value; used by Ollama's protocol. The values themselves are not
 * parsed here.
 */
import { LineSplitter } from './lineSplitter';

/** Each line that is not blank; the last one needs no line end. @throws {ServerError} `invalid`, `tooLarge`, and what the chunks throw */
export async function* readJsonLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string, void> {
  const lines = new LineSplitter();
  const wanted = (line: string): boolean => line.trim() !== '';
  for await (const chunk of chunks) yield* lines.push(chunk).filter(wanted);
  yield* lines.end().filter(wanted);
}
