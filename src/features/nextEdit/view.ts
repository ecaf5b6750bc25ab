/**
 * What of a proposed edit is shown, where, and what Tab would do with it, as data. Used by `nextEdits.vscode.ts` and what draws;
 * pure functions without the editor.
 */
import type { Translate } from '../../common/translate';
import { fileName } from '../../common/files/paths';
import type { TextPosition } from '../../nearby/edits/placedEdit';
import type { ServedEdit, ShownEdit } from './shownEdit';

/** What Tab does: goes there, or makes the edit. */
export type TabAction = 'jump' | 'accept';

/** The editor that has the keyboard. */
export interface CursorPlace {
  /** The edit's file is what it shows. */
  readonly isThere: boolean;
  readonly position: TextPosition;
  /** Selected text, or several cursors. */
  readonly isPlain: boolean;
  /** The cursor's line up to it. */
  readonly before: string;
}

/** @returns `undefined` where Tab keeps its own meaning */
export function tabActionAt(
  edit: ShownEdit,
  { isThere, position, isPlain, before }: CursorPlace,
): TabAction | undefined {
  if (!isPlain) return undefined;
  if (isThere && isAtOrAfter(position, edit.start) && isAtOrAfter(edit.end, position)) return 'accept';
  // There, Tab indents.
  return before.trim() === '' ? undefined : 'jump';
}

/** Whether the edit only inserts, at the cursor: then it can be ghost text. */
export function isGhostAt({ start, old }: ShownEdit, { isThere, position, isPlain }: CursorPlace): boolean {
  return isThere && isPlain && old === '' && position.line === start.line && position.character === start.character;
}

const isAtOrAfter = (one: TextPosition, other: TextPosition): boolean =>
  one.line > other.line || (one.line === other.line && one.character >= other.character);

/** What is drawn at the place: the first line of what would come, and how many more there are. */
export function insertedLabel({ text }: ShownEdit, t: Translate): string {
  const [first = text, ...more] = text.split('\n').filter((line) => line.trim() !== '');
  const start = text.startsWith('\n') ? `↵ ${first.trimStart()}` : first;
  const shown = start.length > maxShown ? `${start.slice(0, maxShown)}…` : start;
  if (more.length === 0) return text.endsWith('\n') ? `${shown} ↵` : shown;
  return `${shown} ${more.length === 1 ? t('(1 more line)') : t('({0} more lines)', more.length)}`;
}

/** UTF-16 units of a line that are drawn. */
const maxShown = 80;

/** Whether less than the whole is drawn: then there is more to be seen in a comparison. */
export const isLong = ({ text, old }: ShownEdit): boolean =>
  text.trim().includes('\n') || old.trim().includes('\n') || text.length > maxShown;

/** What stands at the cursor. */
export function hint(edit: ShownEdit, action: TabAction, isThere: boolean, t: Translate): string {
  if (action === 'accept') return t('Tab: apply');
  const line = edit.start.line + 1;
  const where = isThere ? t('Tab: line {0}', line) : t('Tab: {0}, line {1}', fileName(edit.path), line);
  // Of an edit that repeats the last one, the user knows what it is.
  return 'why' in edit && edit.why.kind === 'fix' ? `${where} · ${edit.why.title}` : where;
}

/** What the status item says, also to who cannot see. */
export function announcement(edits: readonly ShownEdit[], isThere: boolean, t: Translate): string {
  const [edit] = edits;
  if (edit === undefined) return '';
  const line = edit.start.line + 1;
  const where = isThere ? t('Next edit: line {0}', line) : t('Next edit: {0}, line {1}', fileName(edit.path), line);
  return edits.length === 1 ? where : t('{0}; {1} places in all', where, edits.length);
}

/** Why it is proposed: what it repeats, what is the same, which names were exchanged, how likely it is. */
export function reasonsFor(edit: ShownEdit, t: Translate): Reason[] {
  if ('why' in edit) return servedReasons(edit, t);
  const { learntFrom, sameTokens, names, preference } = edit;
  return [
    ...learntFrom.map(({ path, line, before, after }) => ({
      text:
        line === undefined
          ? t('As in {0}: {1}', fileName(path), change(before, after))
          : t('As in {0}, line {1}: {2}', fileName(path), line + 1, change(before, after)),
      ...(line !== undefined && { at: { path, line } }),
    })),
    { text: t('Here: {0}', change(edit.old, edit.text)) },
    { text: t('{0} words and signs before and {1} behind are the same', sameTokens.before, sameTokens.behind) },
    ...(names.length === 0
      ? []
      : [{ text: t('Other names here: {0}', names.map(([a, b]) => change(a, b)).join(', ')) }]),
    ...(preference === undefined
      ? []
      : [{ text: t('To the model, the new text is {0} % likely against the old one', Math.round(preference * 100)) }]),
    { text: confidenceSentence(edit, t) },
  ];
}

function servedReasons({ old, text, why }: ServedEdit, t: Translate): Reason[] {
  if (why.kind === 'fix')
    return [
      { text: t('The language server says: {0}', flat(why.message)) },
      { text: t('Its fix: {0}', flat(why.title)) },
      { text: t('Here: {0}', change(old, text)) },
    ];
  if (why.kind === 'written')
    return [
      { text: t('The model wrote it, from what you edited last') },
      { text: t('Here: {0}', change(old, text)) },
      { text: likely(why.probability, t) },
    ];
  const { from, to, definition } = why;
  const { path, start } = definition;
  return [
    {
      text: t('Renamed in {0}, line {1}: {2}', fileName(path), start.line + 1, change(from, to)),
      at: { path, line: start.line },
    },
    { text: t('Here: {0}', change(old, text)) },
    { text: t('The language server found this use before the name was changed') },
  ];
}

/** How sure it is, or who says so. */
export const confidenceSentence = (edit: ShownEdit, t: Translate): string =>
  !('why' in edit)
    ? likely(edit.confidence, t)
    : edit.why.kind === 'written'
      ? likely(edit.why.probability, t)
      : t('from the language server');

const likely = (probability: number, t: Translate): string => t('{0} % likely', Math.round(probability * 100));

interface Reason {
  readonly text: string;
  /** What it is about, where that stands in a file. */
  readonly at?: Place;
}

export interface Place {
  readonly path: string;
  readonly line: number;
}

const flat = (text: string): string => text.replaceAll(/\s+/g, ' ').trim();
/** What goes and what comes, in one line. */
export const change = (before: string, after: string): string => `${flat(before)} → ${flat(after)}`.trim();
