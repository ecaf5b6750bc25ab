/**
 * Converts a remembered suggestion into the subject that the inspector can explain; used by the completion feature, so
 * that the inspector does not depend on completion.
 */
import type { ExplainableSuggestion } from '../../host/explainables';
import type { Suggestion } from './suggestions';

/** How much of the text before the cursor tells one cursor from another. UTF-16 units. */
const comparedLength = 200;

/** A suggestion as something to ask "why?" of. */
export function explainableOf({ cursor, text, written, accepted }: Suggestion): ExplainableSuggestion {
  const { params, result } = written;
  return {
    kind: 'suggestion',
    document: cursor.document,
    model: params.model,
    promptIds: result.promptIds,
    tokens: result.tokens,
    prefix: written.cursor.prefix,
    accepted,
    text,
    offering: cursor,
    copied: result.copied,
    server: written.server,
    shown: [...new Set(params.context.map(({ path }) => path))],
    fits: (before) => before.endsWith(cursor.prefix.slice(-comparedLength)),
  };
}
