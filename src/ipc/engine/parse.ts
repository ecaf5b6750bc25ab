/**
 * Validates values from another process or from input lines and throws an engine error; used by the engine server, its
 * client and the batch commands. Error sentences never contain the value.
 */
import type * as v from 'valibot';
import { check } from '../process/check';
import { EngineError } from './errors';

/**
 * Checks a value that came from the other process.
 *
 * @param what names the value in the sentence of the error, for example `Parameters of complete`
 * @throws {EngineError} `invalid`, see {@link check}
 */
export function parse<S extends v.GenericSchema>(schema: S, value: unknown, what: string): v.InferOutput<S> {
  const checked = check(schema, value, what);
  if ('problem' in checked) throw new EngineError('invalid', checked.problem);
  return checked.value;
}
