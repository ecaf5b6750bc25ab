/**
 * Applies the editor's filters and fitting to a completion, for the commands `complete` and `complete --batch`.
 * Confidence never rejects a completion here.
 */
import { applyFilters } from '../features/completion/filters';
import { fit } from '../features/completion/replaceRange';
import type { Insertion } from '../features/completion/replaceRange';
import type { CursorContext } from '../features/completion/cursorContext';
import type { NoSuggestionReason } from '../features/completion/reasons';
import type { CompleteResult } from '../ipc/engine/protocol';
import { languageOf } from '../syntax/languages';

/** What the editor would show of what the model wrote, or why it would show nothing. */
export type ShownSuggestion = Insertion | { readonly reason: NoSuggestionReason };

export function shown(
  result: Pick<CompleteResult, 'text' | 'confidence'>,
  cursor: CursorContext,
  path: string,
): ShownSuggestion {
  const language = languageOf(path);
  const passed = applyFilters(result.text, { cursor, language, confidence: result.confidence, minimumConfidence: 0 });
  if (typeof passed !== 'string') return { reason: passed };
  const insertion = fit(passed, cursor, language);
  return insertion.text.trim() === '' ? { reason: { kind: 'repeatsFollowing' } } : insertion;
}
