/**
 * Chooses the line or block rule that ends a completion, from the mode, the language and the text around the cursor;
 * used by `completionModel.ts` and by copying.
 */
import type { CompletionMode } from '../../ipc/engine/protocol';
import { languageOf } from '../../syntax/languages';
import { createBlockRule } from './blockRule';
import { createLineRule } from './lineRule';
import type { CursorLine, StopRule } from './stopRule';

/** Behind the cursor, brackets and punctuation that an editor closed by itself leave room for several lines. */
const onlyClosers = /^[\s)\]}>;,"'`]*$/;

/** @param prefix the text before the cursor; only its last line matters */
export function createStopRule(mode: CompletionMode, path: string, prefix: string, rest: string): StopRule {
  const cursorLine: CursorLine = {
    prefix: prefix.slice(prefix.lastIndexOf('\n') + 1),
    rest,
    language: languageOf(path),
  };
  return mode === 'block' && onlyClosers.test(rest) ? createBlockRule(cursorLine) : createLineRule(cursorLine);
}
