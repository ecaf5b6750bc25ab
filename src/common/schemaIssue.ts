/**
 * Describes a schema mismatch as part of an error sentence; used by the modules that validate files of a model folder.
 */
import * as v from 'valibot';

/** What is wrong with a file's content, `cache.layers is missing` or `format should be 1, not "one"`, as part of a sentence. */
export function misfit(issue: v.BaseIssue<unknown>): string {
  const place = v.getDotPath(issue);
  if (place !== null && issue.received === 'undefined') return `${place} is missing`;
  return `${place ?? 'the file'} should be ${issue.expected ?? 'different'}, not ${issue.received}`;
}
