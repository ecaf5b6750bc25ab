import * as v from 'valibot';
import { EngineError } from './errors';

/**
 * Checks a value that came from the other process.
 *
 * @param what names the value in the sentence of the error, for example `Parameters of complete`
 * @throws EngineError `invalid`, naming the first place that does not fit. What stands there is left out: it may be
 *   the user's text, and the sentence ends up in a log.
 */
export function parse<S extends v.GenericSchema>(schema: S, value: unknown, what: string): v.InferOutput<S> {
  const result = v.safeParse(schema, value, { abortEarly: true });
  if (result.success) return result.output;
  const [issue] = result.issues;
  const place = v.getDotPath(issue);
  const wrong = issue.received === 'undefined' && place !== null
    ? `${place} is missing`
    : `expected ${issue.expected ?? 'another value'}${place === null ? '' : ` at ${place}`}`;
  throw new EngineError('invalid', `${what}: ${wrong}.`);
}
