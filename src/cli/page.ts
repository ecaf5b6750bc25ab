/**
 * Writes an attention recording as a self-contained HTML page, with a light theme of its own; used by the commands
 * `attend` and `similar`.
 */
import { writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import type { CapturedSequence } from '../ipc/engine/messages/attention';
import { firstLinesOf, placesOf } from '../features/inspector/places';
import type { InputOrigin } from '../features/inspector/places';
import { sessionFile } from '../features/inspector/sessionFile';
import type { SessionPage } from '../features/inspector/sessionPage';

/** A part of a file that a model has read. */
export interface PartOfFile extends InputOrigin {
  /** The file's number of the part's first line, from 1. */
  readonly first: number;
}

/** The file's lines, counted from 1, that the segments of a sequence begin on; 0 where they are on none. */
export function linesInFile(
  sequence: Pick<CapturedSequence, 'text' | 'segments'>,
  { first, ...origin }: PartOfFile,
): number[] {
  return firstLinesOf(origin.text, placesOf(sequence, origin)).map((line) => (line === 0 ? 0 : first + line - 1));
}

/** Such as `parse.ts:10–32`. */
export function titleOf(path: string, { text, first }: PartOfFile): string {
  const last = first + text.trimEnd().split('\n').length - 1;
  return `${basename(path)}:${last === first ? first : `${first}–${last}`}`;
}

/** Writes the attention panel with a recording in it, as a page that any browser opens. @param root the folder that dist/ is in */
export async function writePage(
  file: string,
  page: Pick<SessionPage, 'shown' | 'recording'>,
  root: string,
): Promise<void> {
  await writeFile(file, await sessionFile({ ...page, theme: JSON.stringify(theme), language: 'en' }, root));
}

/** The names that the page and its controls ask the editor's theme for, without one: dark on white. */
const colours: Readonly<Record<string, readonly string[]>> = {
  '#ffffff': [
    'editor-background',
    'button-foreground',
    'input-background',
    'dropdown-background',
    'dropdown-listBackground',
  ],
  '#f7f7f7': ['sideBar-background', 'editorWidget-background', 'checkbox-background'],
  '#ececec': ['list-hoverBackground', 'button-secondaryBackground', 'toolbar-hoverBackground'],
  '#e0e6ef': [
    'list-inactiveSelectionBackground',
    'list-activeSelectionBackground',
    'button-secondaryHoverBackground',
    'badge-background',
  ],
  '#cfcfcf': ['panel-border', 'editorWidget-border', 'input-border', 'dropdown-border', 'checkbox-border'],
  '#333333': [
    'foreground',
    'editor-foreground',
    'icon-foreground',
    'input-foreground',
    'dropdown-foreground',
    'checkbox-foreground',
    'button-secondaryForeground',
    'badge-foreground',
    'list-activeSelectionForeground',
    'panelTitle-activeForeground',
  ],
  '#636363': [
    'descriptionForeground',
    'panelTitle-inactiveForeground',
    'editorLineNumber-foreground',
    'input-placeholderForeground',
  ],
  '#005fb8': [
    'focusBorder',
    'button-background',
    'panelTitle-activeBorder',
    'progressBar-background',
    'textLink-foreground',
    'charts-blue',
  ],
  '#004c94': ['button-hoverBackground', 'textLink-activeForeground'],
  '#9a6700': ['charts-yellow', 'editorWarning-foreground'],
  '#2f7d31': ['charts-green'],
  '#c62828': ['charts-red', 'errorForeground'],
  '13px': ['font-size', 'editor-font-size'],
  normal: ['font-weight', 'editor-font-weight'],
  'system-ui, sans-serif': ['font-family'],
  'ui-monospace, monospace': ['editor-font-family'],
};

const theme = {
  className: 'vscode-light',
  variables: Object.fromEntries(
    Object.entries(colours).flatMap(([value, names]) => names.map((name) => [`--vscode-${name}`, value])),
  ),
};
