import type { CursorContext } from '../../../../src/features/completion/cursorContext';

/** A place written as text with a `|` where the cursor stands. */
export function at(text: string, document = 'file:///a.ts'): CursorContext {
  const cursor = text.indexOf('|');
  return { document, prefix: text.slice(0, cursor), suffix: text.slice(cursor + 1) };
}
