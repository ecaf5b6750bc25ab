/**
 * Chooses the rule that ends a completion, from the mode, the language and the text around the cursor; used by
 * `completionModel.ts` and by copying.
 */
import type { CompletionMode } from '../ipc/engine/protocol';
import { languageOf } from '../syntax/languages';
import { createAutoRule } from './autoRule';
import { leavesRoom } from './blockLines';
import { createBlockRule } from './blockRule';
import { createLineRule } from './lineRule';
import type { CursorLine, StopRule } from './stopRule';

/** What stands around the cursor; only `auto` looks beyond the line. */
export interface StopPlace {
  /** Text before the cursor. */
  readonly prefix: string;
  /** Text behind the cursor on its line. */
  readonly rest: string;
  readonly nextLines?: string;
  readonly inEmptyBody?: boolean | undefined;
}

export function createStopRule(
  mode: CompletionMode,
  path: string,
  { prefix, rest, nextLines = '', inEmptyBody = false }: StopPlace,
): StopRule {
  const cursorLine: CursorLine = {
    prefix: prefix.slice(prefix.lastIndexOf('\n') + 1),
    rest,
    language: languageOf(path),
  };
  if (mode === 'line' || !leavesRoom(rest)) return createLineRule(cursorLine);
  return mode === 'block'
    ? createBlockRule(cursorLine)
    : createAutoRule(cursorLine, { before: prefix, nextLines, inEmptyBody });
}
