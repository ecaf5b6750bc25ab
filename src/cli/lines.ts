/** Reading and failure format of JSON lines, shared by the batch forms of `complete`, `embed` and `summarize`. */
import * as v from 'valibot';
import { EngineError } from '../ipc/engine/errors';

export const lineId = v.union([v.string(), v.number()]);
export type LineId = v.InferOutput<typeof lineId>;

/** @throws {EngineError} `invalid` */
export function readJsonLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    throw new EngineError('invalid', 'The line is not JSON.');
  }
}

/** The id of a line, also of one that is wrong otherwise. */
export function idOf(json: unknown): LineId | null {
  const id = typeof json === 'object' && json !== null && 'id' in json ? json.id : null;
  return v.is(lineId, id) ? id : null;
}

/** What is written about a line that has failed. */
export function failureOf(id: LineId | null, { code, message }: EngineError): object {
  return { id, error: { code, message } };
}
