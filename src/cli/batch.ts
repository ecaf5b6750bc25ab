/**
 * The `complete --batch` command: one JSON request a line in, one answer a line out, in the same order; called by
 * `main.ts`. A bad line never stops the rest.
 */
import type { Readable } from 'node:stream';
import * as v from 'valibot';
import { maxCandidates } from '../features/completion/candidateBudget';
import { looksBinary } from '../features/completion/cursorContext';
import { completeParams } from '../features/completion/request';
import type { EngineClient } from '../ipc/engine/client';
import { completionModes } from '../ipc/engine/protocol';
import { EngineError } from '../ipc/engine/errors';
import { parse } from '../ipc/engine/parse';
import { cutWindow } from '../ipc/engine/documentWindow';
import type { CommonOptions } from './arguments';
import { withPlainLineEnds } from './document';
import { answerLines, lineId } from './lines';
import type { WriteLine } from './output';
import { shown } from './shown';

type Engine = Pick<EngineClient, 'request'>;

/** One place to complete. What else stands on the line is none of ours. */
const task = v.object({
  id: lineId,
  prefix: v.string(),
  suffix: v.optional(v.string(), ''),
  path: v.optional(v.string(), ''),
  mode: v.optional(v.picklist(completionModes)),
});

/** Completes the places of an input, one JSON a line; a bad line is answered as such, and the rest goes on. */
export async function batch(engine: Engine, options: CommonOptions, input: Readable, write: WriteLine): Promise<void> {
  await answerLines(input, write, (json) => completeTask(engine, options, parse(task, json, 'The line')));
}

async function completeTask(
  engine: Engine,
  options: CommonOptions,
  input: v.InferOutput<typeof task>,
): Promise<object> {
  const plain = { prefix: withPlainLineEnds(input.prefix), suffix: withPlainLineEnds(input.suffix) };
  const place = { document: input.path, ...cutWindow(plain) };
  if (looksBinary(place))
    throw new EngineError('invalid', 'The line: the text holds characters that no text file has.');
  const params = completeParams(place, {
    model: options.model,
    path: input.path,
    mode: input.mode ?? options.mode,
    candidates: maxCandidates,
    neighbours: options.copying ? [] : undefined,
  });
  if (options.maxTokens !== undefined) params.maxTokens = options.maxTokens;
  const result = await engine.request('complete', params, { priority: 'completion' });
  const { logprob, confidence, timings } = result;
  const outcome = shown(result, place, input.path);
  if ('reason' in outcome) return { text: '', logprob, confidence, timings, reason: outcome.reason.kind };
  const { text, replaces } = outcome;
  return { text, logprob, confidence, timings, ...(replaces > 0 ? { replaces } : {}) };
}
