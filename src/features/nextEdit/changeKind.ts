/**
 * Tells what the user typed from what came otherwise: by undo, by a formatter, as a block from the clipboard. Used
 * before changes are recorded; a pure function over what the editor tells.
 */

/** A part of a document that was replaced. Lines count from 0. */
export interface ChangedLines {
  readonly firstLine: number;
  readonly lastLine: number;
  readonly text: string;
}

export interface ChangeSituation {
  readonly changes: readonly ChangedLines[];
  /** Whether it takes back an earlier change, or what took one back. */
  readonly isUndoOrRedo: boolean;
  /** Lines of the selections in the editor that the user is in, before the change; empty where that shows another document. */
  readonly selections: readonly { readonly firstLine: number; readonly lastLine: number }[];
}

/** With more line breaks, a text that came at once is a block. */
const maxLineBreaks = 3;
/** With more UTF-16 units, too. */
const maxLength = 400;

/** Whether a change is an edit of the user's, made where the cursors are. */
export function isTyped({ changes, isUndoOrRedo, selections }: ChangeSituation): boolean {
  if (isUndoOrRedo || changes.length === 0 || changes.length > selections.length) return false;
  return changes.every(
    ({ firstLine, lastLine, text }) =>
      text.length <= maxLength &&
      text.split('\n').length - 1 <= maxLineBreaks &&
      // A line more: a deletion takes a line break along, and the editor tells of a cursor after what it did.
      selections.some((one) => one.firstLine <= lastLine + 1 && one.lastLine >= firstLine - 1),
  );
}
