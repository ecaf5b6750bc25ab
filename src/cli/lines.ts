/**
 * JSON lines in and out: reading, answering and failures, shared by the batch forms of `complete`, `embed`, `search`,
 * `similar` and `summarize`. A bad line never stops the rest.
 */
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import * as v from 'valibot';
import { EngineError } from '../ipc/engine/errors';
import type { WriteLine } from './output';

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

/**
 * Answers the lines of an input one after the other, each as soon as it is read; empty ones are passed over.
 *
 * @param answer of a line that is JSON, without its id; what it throws as an {@link EngineError} is the line's answer
 */
export async function answerLines(
  input: Readable,
  write: WriteLine,
  answer: (json: unknown) => Promise<object>,
): Promise<void> {
  for await (const line of createInterface({ input, crlfDelay: Infinity })) {
    if (line.trim() !== '') await write(JSON.stringify(await answerLine(line, answer)));
  }
}

async function answerLine(line: string, answer: (json: unknown) => Promise<object>): Promise<object> {
  let id: LineId | null = null;
  try {
    const json = readJsonLine(line);
    id = idOf(json);
    return { id, ...(await answer(json)) };
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    return failureOf(id, error);
  }
}
