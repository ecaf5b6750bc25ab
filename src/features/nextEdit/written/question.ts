/**
 * What a model that writes edits is asked after an edit: the lines around it, before and now, and what was edited earlier. Used by
 * `modelEdits.vscode.ts`; a pure function. Texts with a secret are not shown to it.
 */
import type { RecentEdit } from '../../../nearby/edits/history';
import { offsetAt } from '../../../nearby/edits/placedEdit';
import type { EditedPart } from '../recorder';
import { shownAround } from '../shownAround';

/** Lines above the edit and below it: models were trained on so many. */
const linesAround = 10;
/** UTF-16 units of them; with more, writing takes too long. */
const maxLength = 2_000;
/** Earlier edits in the same file. */
const maxEdits = 5;

export interface EditQuestion {
  /** Where the lines are, UTF-16 units of the text now. */
  readonly start: number;
  readonly end: number;
  readonly before: string;
  readonly now: string;
  /** The latest last. */
  readonly edits: readonly { readonly before: string; readonly after: string }[];
}

interface MadeInFile {
  readonly path: string;
  /** The whole file before the edit, and now; line ends `\n`. */
  readonly before: string;
  readonly now: string;
  readonly part: EditedPart;
  /** All edits so far, this one the last. */
  readonly edits: readonly RecentEdit[];
}

/** @returns `undefined` where too much would be shown, or a secret */
export function editQuestion({ path, before, now, part, edits }: MadeInFile): EditQuestion | undefined {
  const lines = now.split('\n');
  const [first, last] = [part.start.line - linesAround, part.end.line + linesAround];
  const start = offsetAt(now, { line: Math.max(0, first), character: 0 });
  const lastLine = Math.min(lines.length - 1, last);
  const end = offsetAt(now, { line: lastLine, character: lines[lastLine]?.length ?? 0 });
  if (start === undefined || end === undefined || end - start > maxLength) return undefined;
  // Outside of the lines, nothing but the edit's own part has changed.
  const endBefore = end - (now.length - before.length);
  if (now.slice(0, start) !== before.slice(0, start) || now.slice(end) !== before.slice(endBefore)) return undefined;
  const isShown = (text: string, from: number, to: number): boolean =>
    shownAround(text, from, to, path)?.shown.slice(0, to - from) === text.slice(from, to);
  if (!isShown(now, start, end) || !isShown(before, start, endBefore)) return undefined;
  const earlier = edits.slice(0, -1).filter((one) => one.path === path);
  return {
    start,
    end,
    before: before.slice(start, endBefore),
    now: now.slice(start, end),
    edits: earlier.slice(-maxEdits).flatMap((one) => linesOf(one, now, path) ?? []),
  };
}

/** The lines of an earlier edit as they are now, and with what stood there before. */
function linesOf(
  { start, end, pattern }: RecentEdit,
  text: string,
  path: string,
): EditQuestion['edits'][number] | undefined {
  const next = text.indexOf('\n', end);
  const [from, to] = [text.lastIndexOf('\n', start - 1) + 1, next < 0 ? text.length : next];
  const at = text.indexOf(pattern.gapAfter, from);
  if (at < 0 || at + pattern.gapAfter.length > to || to - from > maxLength) return undefined;
  if (shownAround(text, start, end, path) === undefined) return undefined;
  const behind = text.slice(at + pattern.gapAfter.length, to);
  return { before: text.slice(from, at) + pattern.gapBefore + behind, after: text.slice(from, to) };
}

/**
 * What a model's answer replaces the lines with.
 *
 * @returns `undefined` where all stays as it is, or the latest edit would be taken back
 */
export function answeredText({ before, now }: EditQuestion, answer: string): string | undefined {
  // The answer begins behind the name of the lines; blanks at its end are not told.
  const text = answer.replace(/^\n/, '').trimEnd() + now.slice(now.trimEnd().length);
  const isSame = (other: string): boolean => text.trimEnd() === other.trimEnd();
  return text.trim() === '' || text.includes('\ufffd') || isSame(now) || isSame(before) ? undefined : text;
}
