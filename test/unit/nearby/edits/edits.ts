import { learnEdit } from '../../../../src/nearby/edits/editPattern';
import type { EditPattern, MadeEdit } from '../../../../src/nearby/edits/editPattern';

/** An edit that is written down: what goes stands in `[- ]`, what comes there in `[+ ]`. */
export function written(text: string): MadeEdit {
  const match = /\[-([^]*?)\]|\[\+/.exec(text)!;
  const gone = match[1] ?? '';
  const added = /\[\+([^]*?)\+\]/.exec(text)?.[1] ?? '';
  const rest = text
    .slice(match.index)
    .replace(/^\[-[^]*?\]/, '')
    .replace(/^\[\+[^]*?\+\]/, '');
  const start = match.index;
  return { before: text.slice(0, start) + gone + rest, start, end: start + gone.length, inserted: added };
}

export const afterwards = ({ before, start, end, inserted }: MadeEdit): string =>
  before.slice(0, start) + inserted + before.slice(end);

export const patternOf = (text: string): EditPattern => learnEdit(written(text))!;
