/** What search and documentation tasks show of a function: its text without its documentation, raw or name-masked. */
import type { FunctionRange } from './syntax';

export const mask = 'fn';

/** The function's text without its own documentation. */
export function bodyOf(text: string, { start, end, doc }: FunctionRange): string {
  if (!doc || doc.end <= start || doc.start >= end) return text.slice(start, end);
  const lineStart = text.lastIndexOf('\n', doc.start) + 1;
  const lineEnd = text.indexOf('\n', doc.end);
  // A documentation string leaves no empty line behind.
  return lineEnd === -1 || lineEnd >= end
    ? text.slice(start, doc.start).trimEnd()
    : text.slice(start, Math.max(start, lineStart)) + text.slice(lineEnd + 1, end);
}

/** Every mention of the name as a whole identifier becomes `fn`, so that only the meaning is left to go by. */
export function maskName(text: string, name: string): string {
  const bare = name.replace(/^#/, '').replaceAll('$', String.raw`\$`);
  return text.replaceAll(new RegExp(String.raw`(?<![\w$])#?${bare}(?![\w$])`, 'g'), mask);
}

/** Equal for functions that differ in blanks and comments alone. */
export function fingerprint(body: string): string {
  return body.replaceAll(/\/\*[\s\S]*?\*\/|(?:\/\/|#\s).*$/gm, '').replaceAll(/\s+/g, '');
}
