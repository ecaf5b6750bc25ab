/**
 * Validates values that crossed the process boundary and throws an index error; used by the index process and its
 * client. Error sentences never contain the value.
 */
import type * as v from 'valibot';
import { check } from '../process/check';
import { IndexError } from './errors';

/** @throws {IndexError} `invalid`, see {@link check} */
export function valid<S extends v.GenericSchema>(schema: S, value: unknown, what: string): v.InferOutput<S> {
  const checked = check(schema, value, what);
  if ('problem' in checked) throw new IndexError('invalid', checked.problem);
  return checked.value;
}
