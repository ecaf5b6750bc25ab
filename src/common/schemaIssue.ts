/**
 * Describes a schema mismatch as part of an error sentence; used by the modules that validate files of a model folder.
 */
import * as v from 'valibot';

/** UTF-16 units of a reason. */
const maxReason = 200;

/** As part of a sentence: what a damaged file holds may be anything. */
export const inOneLine = (reason: string): string => reason.replace(/\p{C}/gu, '?').slice(0, maxReason);

/** What is wrong with a file's content, `cache.layers is missing` or `format should be 1, not "one"`, as part of a sentence. */
export function misfit(issue: v.BaseIssue<unknown>): string {
  const place = v.getDotPath(issue);
  if (place !== null && issue.received === 'undefined') return inOneLine(`${place} is missing`);
  return inOneLine(`${place ?? 'the file'} should be ${issue.expected ?? 'different'}, not ${issue.received}`);
}
