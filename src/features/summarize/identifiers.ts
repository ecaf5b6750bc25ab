/** Names in a sentence that the code it is about does not have. */

/** UTF-16 units of the sentence, end exclusive. */
export interface UnknownName {
  readonly start: number;
  readonly end: number;
  readonly name: string;
}

const identifier = /[\p{L}_$][\p{L}\p{N}_$]*/gu;
/** Common names that are spelled like identifiers. */
const common = new Set(
  'JavaScript TypeScript GitHub GitLab GraphQL OAuth OAuth2 WebSocket WebSockets WebGL WebGPU MySQL PostgreSQL NoSQL SQLite iOS macOS DevTools NumPy PyTorch TensorFlow JSDoc IPv4 IPv6 YouTube LaTeX PowerShell VSCode OpenSSL OpenAPI UTF8 SHA1 SHA256 MD5 Base64 URLs APIs IDs UUIDs'.split(
    ' ',
  ),
);

export function identifiersIn(code: string): ReadonlySet<string> {
  return new Set(code.match(identifier));
}

/** @param known every identifier of the code */
export function unknownNames(sentence: string, known: ReadonlySet<string>): UnknownName[] {
  const found: UnknownName[] = [];
  for (const match of sentence.matchAll(identifier)) {
    const [name] = match;
    const start = match.index;
    const end = start + name.length;
    if (!known.has(name) && !common.has(name) && looksLikeCode(sentence, name, start, end))
      found.push({ start, end, name });
  }
  return found;
}

/** Prose has no `_`, no capital behind a small letter, no call brackets and no quotes of code. */
function looksLikeCode(sentence: string, name: string, start: number, end: number): boolean {
  if (/[_$]|\p{Ll}\p{Lu}|\p{L}\d/u.test(name)) return true;
  if (sentence.startsWith('()', end)) return true;
  return isQuoted(sentence, start, end);
}

/** Whether an odd number of backquotes stands before the name, and one behind it. */
function isQuoted(sentence: string, start: number, end: number): boolean {
  const before = sentence.slice(0, start).split('`').length - 1;
  return before % 2 === 1 && sentence.includes('`', end);
}
