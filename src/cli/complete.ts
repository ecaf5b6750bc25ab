/**
 * The `complete` command: completes one place in a file and prints the text that the editor would show, or everything
 * as JSON; called by `main.ts`.
 */
import { maxCandidates } from '../features/completion/candidateBudget';
import { describeReason } from '../features/completion/reasons';
import { completeParams } from '../features/completion/request';
import type { EngineClient } from '../ipc/engine/client';
import type { Command } from './arguments';
import { neighboursAt, pathSeenByModel, readCursorContext } from './document';
import { inEnglish } from './english';
import type { WriteLine } from './output';
import { shown } from './shown';

/** Completes one place in a file. Without `json`, prints the text alone. */
export async function complete(
  engine: Pick<EngineClient, 'request'>,
  command: Extract<Command, { kind: 'complete' }>,
  write: WriteLine,
): Promise<void> {
  const { position, model, mode, copying, maxTokens, json } = command;
  const cursor = await readCursorContext(position);
  const neighbours = copying ? await neighboursAt(position.path, cursor.prefix) : undefined;
  const params = completeParams(cursor, {
    model,
    path: pathSeenByModel(position.path),
    mode,
    neighbours,
    candidates: maxCandidates,
  });
  if (maxTokens !== undefined) params.maxTokens = maxTokens;
  const { loadMs } = await engine.request('load', { model }, { priority: 'completion' });
  const start = performance.now();
  const result = await engine.request('complete', params, { priority: 'completion' });
  const totalMs = performance.now() - start;
  const outcome = shown(result, cursor, position.path);
  if (json) {
    const { text: written, promptIds, timings, ...rest } = result;
    const answer = 'reason' in outcome ? { text: '', reason: outcome.reason.kind } : outcome;
    const msPerToken = timings.decodeTokens === 0 ? 0 : timings.decodeMs / timings.decodeTokens;
    const everything = {
      ...answer,
      written,
      ...rest,
      promptTokens: promptIds.length,
      timings: { ...timings, msPerToken, totalMs, loadMs },
    };
    await write(JSON.stringify(everything, undefined, 2));
  } else if ('reason' in outcome) {
    process.stderr.write(`Nothing to show: ${describeReason(outcome.reason, inEnglish)}.\n`);
  } else {
    await write(outcome.text);
  }
}
