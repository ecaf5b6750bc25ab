/**
 * The `embed --batch` command: texts as JSON lines in, vectors as JSON lines out, in the same order; called by
 * `main.ts`. A bad line never stops the rest.
 */
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import * as v from 'valibot';
import type { EngineClient } from '../ipc/engine/client';
import { EngineError } from '../ipc/engine/errors';
import { parse } from '../ipc/engine/parse';
import { maxTextLength, maxTexts } from '../ipc/engine/protocol';
import type { CommonOptions } from './arguments';
import { failureOf, idOf, lineId, readJsonLine } from './lines';
import type { LineId } from './lines';
import type { WriteLine } from './output';

type Engine = Pick<EngineClient, 'request'>;

/** One text to embed. What else stands on the line is none of ours. */
const task = v.object({ id: lineId, text: v.pipe(v.string(), v.maxLength(maxTextLength)) });

/** A line that was understood, or what is wrong with it. */
type Line =
  { readonly id: LineId; readonly text: string } | { readonly id: LineId | null; readonly error: EngineError };

/** Embeds the texts of an input, one JSON a line; a bad line is answered as such, and the rest goes on. */
export async function embed(
  engine: Engine,
  options: { readonly query: boolean } & CommonOptions,
  input: Readable,
  write: WriteLine,
): Promise<void> {
  const lines: Line[] = [];
  const flush = async (): Promise<void> => {
    for (const answer of await answers(engine, options, lines.splice(0))) await write(JSON.stringify(answer));
  };
  for await (const line of createInterface({ input, crlfDelay: Infinity })) {
    if (line.trim() !== '') lines.push(readLine(line));
    if (lines.length === maxTexts) await flush();
  }
  await flush();
}

function readLine(line: string): Line {
  let id: LineId | null = null;
  try {
    const json = readJsonLine(line);
    id = idOf(json);
    return parse(task, json, 'The line');
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    return { id, error };
  }
}

async function answers(
  engine: Engine,
  options: { readonly query: boolean; readonly model: string },
  lines: readonly Line[],
): Promise<object[]> {
  const texts = lines.flatMap((line) => ('text' in line ? [line.text] : []));
  if (texts.length === 0) return lines.flatMap((line) => ('error' in line ? [failureOf(line.id, line.error)] : []));
  const kind = options.query ? 'query' : 'document';
  const { vectors, dimension } = await engine.request(
    'embed',
    { model: options.model, kind, texts },
    { priority: 'inspect' },
  );
  let row = 0;
  return lines.map((line) => {
    if ('error' in line) return failureOf(line.id, line.error);
    const vector = Array.from(vectors.subarray(row * dimension, ++row * dimension));
    return { id: line.id, vector };
  });
}
