/**
 * Chooses, of what a language server offers against an error in what was just edited, the one fix that may be proposed: the one
 * that the server prefers, or the only import of a missing name. Used by `serverEdits.vscode.ts`; pure, without the editor.
 */
import type { TextPosition } from '../../../nearby/edits/placedEdit';
import { offsetAt } from '../../../nearby/edits/placedEdit';

/** A part of a document, and what would stand there. */
export interface FixPart {
  readonly start: TextPosition;
  readonly end: TextPosition;
  readonly text: string;
}

/** What a server offers. */
export interface OfferedFix {
  readonly title: string;
  readonly isPreferred: boolean;
  /** In the document at hand; empty where it does anything else, or nothing. */
  readonly parts: readonly FixPart[];
}

/** Parts of a fix that lie further apart are no one edit. UTF-16 units. */
const maxLength = 400;

/**
 * @param name what the error is about, as it stands in the text
 * @returns `undefined` where none is sure
 */
export function chosenFix(fixes: readonly OfferedFix[], text: string, name: string): OfferedFix | undefined {
  const edits = fixes.filter(({ parts }) => parts.length > 0);
  const imports = edits.filter((fix) => isImportOf(fix, text, name));
  return edits.find(({ isPreferred }) => isPreferred) ?? (imports.length === 1 ? imports[0] : undefined);
}

/** Whether a fix only adds to what is imported, the name among it. */
function isImportOf({ parts }: OfferedFix, text: string, name: string): boolean {
  if (!/^[\p{L}_$][\p{L}\p{N}_$]*$/u.test(name)) return false;
  const lines = text.split('\n');
  return (
    parts.some((part) => part.text.includes(name)) &&
    parts.every((part) => importing.test(part.text) || importing.test(lines[part.start.line] ?? ''))
  );
}

/** How lines begin that bring names into a file. */
const importing = /^\s*(?:import|from|use|using|require|open|const \w+ = require|#include)\b/;

/**
 * The parts of a fix as one edit.
 *
 * @param text of the document, line ends `\n`
 * @returns UTF-16 units; `undefined` where parts overlap, lie far apart, or are not there
 */
export function asOneEdit(
  { parts }: OfferedFix,
  text: string,
): { start: number; end: number; text: string } | undefined {
  const placed = parts
    .map((part) => ({ start: offsetAt(text, part.start), end: offsetAt(text, part.end), text: part.text }))
    .sort((a, b) => (a.start ?? 0) - (b.start ?? 0));
  let written = '';
  let at = placed[0]?.start;
  const from = at;
  for (const { start, end, text: put } of placed) {
    if (start === undefined || end === undefined || at === undefined || start < at || end < start) return undefined;
    written += text.slice(at, start) + put;
    at = end;
  }
  if (from === undefined || at === undefined || at - from > maxLength) return undefined;
  return { start: from, end: at, text: written };
}
