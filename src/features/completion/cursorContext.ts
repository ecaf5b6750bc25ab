/**
 * The text before and after the cursor that a completion is asked for, with the questions asked of it: rest of the
 * line, inside a word, binary. Used throughout completion and by the command line; no VS Code in it.
 */

/** Where a suggestion is asked for: a document cut around the cursor. Line ends are `\n`, whatever the file's are. */
export interface CursorContext {
  /** Tells documents apart. */
  readonly document: string;
  /** From the start of a line to the cursor. */
  readonly prefix: string;
  /** From the cursor on. */
  readonly suffix: string;
  /** Of a notebook's cell: the text of other cells that stands before and behind the document's own. */
  readonly around?: { readonly before: string; readonly after: string };
}

export const isSame = (a: CursorContext, b: CursorContext): boolean =>
  isSameDocument(a, b) && a.prefix === b.prefix && a.suffix === b.suffix;

/** Whether two cursors are in one document, with the same around it. */
export const isSameDocument = (a: CursorContext, b: CursorContext): boolean =>
  a.document === b.document && a.around?.before === b.around?.before && a.around?.after === b.around?.after;

/** What stands right of the cursor on its line, without the line break. */
export function restOfLine(cursor: CursorContext): string {
  const end = cursor.suffix.indexOf('\n');
  return end < 0 ? cursor.suffix : cursor.suffix.slice(0, end);
}

/** What stands left of the cursor on its line. */
export function startOfLine(cursor: CursorContext): string {
  return cursor.prefix.slice(cursor.prefix.lastIndexOf('\n') + 1);
}

/** Whether two cursors are on one line of one document, and what stands above is the same. */
export const isOnSameLine = (a: CursorContext, b: CursorContext): boolean =>
  isSameDocument(a, b) && linesAbove(a) === linesAbove(b);

const linesAbove = ({ prefix }: CursorContext): string => prefix.slice(0, prefix.lastIndexOf('\n') + 1);

/** Whether the cursor stands on a line with nothing but whitespace before it. */
export function opensLine(cursor: CursorContext): boolean {
  return startOfLine(cursor).trim() === '';
}

/** Whether the cursor is followed by a letter, digit or the like: in front of a word or inside one. */
export function insideWord(cursor: CursorContext): boolean {
  return /^[\p{L}\p{N}_$]/u.test(cursor.suffix);
}

/** Whether the text around the cursor holds a character that no text file has. */
export function looksBinary(cursor: CursorContext): boolean {
  return cursor.prefix.includes('\0') || cursor.suffix.includes('\0');
}

/**
 * The cursor context as it would be with an item of the suggest widget inserted.
 * @param replaces how many UTF-16 units left of the cursor the item takes the place of.
 */
export function withSelectedItem(cursor: CursorContext, replaces: number, item: string): CursorContext {
  const kept = cursor.prefix.length - replaces;
  return { ...cursor, prefix: cursor.prefix.slice(0, kept) + item };
}
