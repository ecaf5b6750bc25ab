/** Tells whether two edits are the same change, or would be with names exchanged; used to see what the user repeats. */
import { isKeyword } from '../renaming';
import type { CodeToken } from './codeTokens';
import type { EditPattern } from './editPattern';

/** A name may stand for another one where it was there before: what is new has to be the same. */
export function isSameChange(a: EditPattern, b: EditPattern): boolean {
  if (a.removed.length !== b.removed.length || a.inserted.length !== b.inserted.length) return false;
  const there = new Map<string, string>();
  const here = new Map<string, string>();
  const isThere = (pattern: EditPattern, text: string): boolean =>
    [pattern.removed, pattern.left, pattern.right].some((side) => side.some((token) => token.text === text));
  const agrees = (one: CodeToken, other: CodeToken): boolean => {
    if (one.kind !== other.kind) return false;
    if ((there.get(one.text) ?? other.text) !== other.text || (here.get(other.text) ?? one.text) !== one.text)
      return false;
    there.set(one.text, other.text);
    here.set(other.text, one.text);
    if (one.text === other.text) return true;
    if (one.kind === 'sign' || one.kind === 'break' || isKeyword(one.text) || isKeyword(other.text)) return false;
    return isThere(a, one.text) && isThere(b, other.text) && a.inserted.some(({ text }) => text === one.text);
  };
  const others = [...b.removed, ...b.inserted];
  return [...a.removed, ...a.inserted].every((token, index) => {
    const other = others[index];
    return other !== undefined && agrees(token, other);
  });
}
