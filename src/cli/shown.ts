import { applyFilters } from '../features/completion/filters';
import { fit } from '../features/completion/fit';
import type { Insertion } from '../features/completion/fit';
import type { Place } from '../features/completion/place';
import type { Reason } from '../features/completion/reasons';
import type { CompleteResult } from '../ipc/engine/protocol';

/** What the editor would show of what the model wrote, or why it would show nothing. */
export type Shown = Insertion | { readonly reason: Reason };

export function shown(result: Pick<CompleteResult, 'text' | 'confidence'>, place: Place): Shown {
  const passed = applyFilters(result.text, { place, confidence: result.confidence, minimumConfidence: 0 });
  if (typeof passed !== 'string') return { reason: passed };
  const insertion = fit(passed, place);
  return insertion.text.trim() === '' ? { reason: { kind: 'repeatsFollowing' } } : insertion;
}
