/**
 * Validates a value by a schema and describes the first mismatch in one sentence; used by `parse.ts`, `valid.ts` and
 * `child.ts`. The sentence never contains the value.
 */
import * as v from 'valibot';

/** What a value is by a schema, or one sentence that says what is wrong with it. */
export type Checked<Value> = { readonly value: Value } | { readonly problem: string };

/**
 * Checks a value that came from another process.
 *
 * @param what names the value in the sentence, for example `Parameters of complete`
 * @returns a problem names the first place that does not fit. What stands there is left out: it may be the user's text,
 *   and the sentence ends up in a log.
 */
export function check<S extends v.GenericSchema>(schema: S, value: unknown, what: string): Checked<v.InferOutput<S>> {
  const result = v.safeParse(schema, value, { abortEarly: true });
  if (result.success) return { value: result.output };
  const [issue] = result.issues;
  const place = v.getDotPath(issue);
  const wrong =
    issue.received === 'undefined' && place !== null
      ? `${place} is missing`
      : `expected ${issue.expected ?? 'another value'}${place === null ? '' : ` at ${place}`}`;
  return { problem: `${what}: ${wrong}.` };
}
