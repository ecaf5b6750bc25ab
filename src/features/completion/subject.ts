/**
 * Converts a remembered suggestion into the subject that the inspector can explain; used by the completion feature, so
 * that the inspector does not depend on completion.
 */
import type { ExplainableSuggestion } from '../../host/explainables';
import type { Suggestion } from './suggestions';

/** How much of the text before the cursor tells one place from another. UTF-16 units. */
const told = 200;

/** A suggestion as something to ask "why?" of. */
export function subjectOf({ place, text, written, accepted }: Suggestion): ExplainableSuggestion {
  const { params, result } = written;
  return {
    kind: 'suggestion',
    document: place.document,
    model: params.model,
    promptIds: result.promptIds,
    tokens: result.tokens,
    prefix: written.place.prefix,
    accepted,
    text,
    offering: place,
    copied: result.copied,
    fits: (before) => before.endsWith(place.prefix.slice(-told)),
  };
}
