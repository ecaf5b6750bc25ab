import type { Place } from '../../../../src/features/completion/place';

/** A place written as text with a `|` where the cursor stands. */
export function at(text: string, document = 'file:///a.ts'): Place {
  const cursor = text.indexOf('|');
  return { document, prefix: text.slice(0, cursor), suffix: text.slice(cursor + 1) };
}
