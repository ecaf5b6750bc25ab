/**
 * Reads lines of a file for the commands `attend` and `similar`, secrets blanked out, with a map from text offsets to
 * file offsets.
 */
import { withoutSecrets } from '../common/secrets/withoutSecrets';
import { readText } from './document';
import { CommandError } from './failure';
import type { FileLines } from './summarizeArguments';

/** Lines of a file as a model is given them: without secrets. */
export interface PlainLines {
  /** With `\n` for every kind of line break that editors know. */
  readonly text: string;
  /** The file's UTF-16 offset of each of the text's, its end included. */
  readonly offsets: Uint32Array;
  /** The file's number of the text's first line, from 1. */
  readonly first: number;
}

/** @throws {CommandError} where there are no such lines */
export async function readFileLines({ path, lines }: FileLines): Promise<PlainLines> {
  const { from, to }: { from: number; to?: number } = lines ?? { from: 1 };
  const file = withoutSecrets(await readText(path), path);
  const starts = [0, ...Array.from(file.matchAll(/\r\n?|\n/g), ({ 0: end, index }) => index + end.length)];
  const start = starts[from - 1];
  if (start === undefined || (to !== undefined && to > starts.length))
    throw new CommandError(`${path} has ${starts.length} lines.`);
  const piece = file.slice(start, to === undefined ? undefined : starts[to]);
  if (piece === '') throw new CommandError(`${path} has no text there.`);
  // A line break of two characters is one for the model, and stands where it begins.
  const offsets: number[] = [];
  for (let at = 0; at < piece.length; at++)
    if (!(piece[at] === '\n' && piece[at - 1] === '\r')) offsets.push(start + at);
  return {
    text: piece.replace(/\r\n?/g, '\n'),
    offsets: Uint32Array.from([...offsets, start + piece.length]),
    first: from,
  };
}
