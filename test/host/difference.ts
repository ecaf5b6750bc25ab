import assert from 'node:assert/strict';

/** What a text has in one place that another has not. @throws {Error} where they differ in any other way */
export function inserted(before: string, after: string): string {
  let start = 0;
  while (start < before.length && before[start] === after[start]) start++;
  const text = after.slice(start, start + after.length - before.length);
  assert.equal(before.slice(0, start) + text + before.slice(start), after);
  return text;
}
