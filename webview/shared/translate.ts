/**
 * Translated texts of the webview pages, loaded from the document that the host creates. Used by both pages; falls
 * back to the English text.
 */
import type { Translate } from '../../src/common/translate';

let strings: Readonly<Record<string, unknown>> = {};

/** Reads the texts in the user's language that the host put into the document. */
export function loadStrings(json: string | undefined): void {
  try {
    const parsed: unknown = JSON.parse(json ?? '{}');
    strings = typeof parsed === 'object' && parsed !== null ? (parsed as Record<string, unknown>) : {};
  } catch {
    strings = {};
  }
}

/** A text in the user's language: English where none is known. `{0}`, `{1}`… stand for the arguments. */
export const t: Translate = (message, ...args) => {
  const known = Object.hasOwn(strings, message) ? strings[message] : undefined;
  const template = typeof known === 'string' ? known : message;
  return template.replace(/\{(\d+)\}/g, (place, index: string) => String(args[Number(index)] ?? place));
};
