import { applyFilters } from '../features/completion/filters';
import { fit } from '../features/completion/fit';
import type { Insertion } from '../features/completion/fit';
import type { Place } from '../features/completion/place';
import type { Reason } from '../features/completion/reasons';
import type { CompleteResult } from '../ipc/engine/protocol';
import { languageOf } from '../syntax/languages';

/** What the editor would show of what the model wrote, or why it would show nothing. */
export type Shown = Insertion | { readonly reason: Reason };

export function shown(result: Pick<CompleteResult, 'text' | 'confidence'>, place: Place, path: string): Shown {
  const language = languageOf(path);
  const passed = applyFilters(result.text, { place, language, confidence: result.confidence, minimumConfidence: 0 });
  if (typeof passed !== 'string') return { reason: passed };
  const insertion = fit(passed, place, language);
  return insertion.text.trim() === '' ? { reason: { kind: 'repeatsFollowing' } } : insertion;
}
