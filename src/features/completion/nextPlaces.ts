/**
 * Where the cursor stands next: behind a suggestion that was taken, and on a new line. Used to ask ahead; pure functions. What
 * the editor does otherwise costs a hit and nothing else.
 */
import { indentUnit } from '../../common/text/indentUnit';
import type { Language } from '../../syntax/languages';
import { restOfLine, startOfLine } from './cursorContext';
import type { CursorContext } from './cursorContext';
import type { Insertion } from './replaceRange';

/** The place once a text is inserted there. */
export function placeAfter(cursor: CursorContext, { text, replaces }: Insertion): CursorContext {
  return { ...cursor, prefix: cursor.prefix + text, suffix: cursor.suffix.slice(replaces) };
}

/** The place after Enter, indented as editors do it; undefined where something stands behind the cursor, which Enter would part. */
export function placeOnNextLine(cursor: CursorContext, { blocks }: Language): CursorContext | undefined {
  const line = startOfLine(cursor);
  if (restOfLine(cursor).trim() !== '' || line.trim() === '') return undefined;
  const opens = blocks.opens.test(line.trim());
  const indentation = /^[ \t]*/.exec(line)?.[0] ?? '';
  return {
    ...cursor,
    prefix: `${cursor.prefix}\n${indentation}${opens ? indentUnit(cursor.prefix + cursor.suffix) : ''}`,
    suffix: cursor.suffix.slice(restOfLine(cursor).length),
  };
}
