/**
 * Reads files for the commands as the editor would see them: text, the cursor context, the path given to the model
 * and nearby files. Fails with one sentence for people.
 */
import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { filesAround } from '../nearby/filesAround';
import { isReachable } from '../nearby/reachable';
import { isAlike, neighboursOf } from '../nearby/candidateFiles';
import { looksBinary } from '../features/completion/cursorContext';
import type { CursorContext } from '../features/completion/cursorContext';
import { pathForModel } from '../features/completion/request';
import { isOutside } from '../common/files/isOutside';
import { readWindow } from '../ipc/engine/documentWindow';
import { CommandError } from './failure';
import type { FilePosition } from './arguments';

/** Reads a text file. @throws {CommandError} when there is none */
export async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why =
      code === 'ENOENT'
        ? 'does not exist'
        : code === 'EISDIR'
          ? 'is a folder'
          : `cannot be read (${code ?? String(error)})`;
    throw new CommandError(`${path} ${why}.`);
  }
}

/** A path as the model sees it, which takes the current folder for the workspace. */
export function pathSeenByModel(path: string): string {
  // The language is known from the ending alone: there is no editor in which the user could have chosen another.
  return pathForModel({ path: withSlashes(resolve(path)), languageId: '' }, withSlashes(process.cwd()));
}

/**
 * Files that may be copied from: of those that the editor would take, the ones that it would not need to have open. The
 * current folder is taken for the workspace; of a file outside of it, the folder that it lies in.
 */
export async function neighboursAt(path: string, text: string): Promise<string[]> {
  const document = resolve(path);
  const root = isOutside(process.cwd(), document) ? dirname(document) : process.cwd();
  const around = await filesAround(document, root, (other) => isAlike(other, document));
  const near = around.map(withSlashes);
  const found = neighboursOf({ path: withSlashes(document), text }, [], near);
  const own = await Promise.all(found.map(async (file) => near.includes(file) || (await isReachable(root, file))));
  return found.filter((_, index) => own[index]);
}

/** `\n` for every kind of line break that editors know. */
export function withPlainLineEnds(text: string): string {
  return text.replace(/\r\n?/g, '\n');
}

function withSlashes(path: string): string {
  return path.replaceAll('\\', '/');
}

/** The text around a position of a file, as the editor would see it. @throws {CommandError} when there is no such position */
export async function readCursorContext({ path, line, column }: FilePosition): Promise<CursorContext> {
  const lines = withPlainLineEnds(await readText(path)).split('\n');
  const text = lines[line - 1];
  if (text === undefined) throw new CommandError(`${path} has ${lines.length} lines; there is no line ${line}.`);
  if (column > text.length + 1)
    throw new CommandError(`${path}:${line} ends at column ${text.length + 1}; there is no column ${column}.`);
  const offset = lines.slice(0, line - 1).reduce((sum, before) => sum + before.length + 1, 0) + column - 1;
  const cursor: CursorContext = {
    document: pathToFileURL(resolve(path)).href,
    ...readWindow(lines.join('\n'), offset),
  };
  if (looksBinary(cursor)) throw new CommandError(`${path} does not look like a text file.`);
  return cursor;
}
