/**
 * How well a server is used for what it writes: completions and their gate, probabilities, summaries, vectors and cancellation.
 * Rows of the server benchmark's table, each measured by the product's own code; what a server cannot do is NaN.
 */
import { readTasks } from '../../../src/features/models/tasks';
import { setTimeout as sleep } from 'node:timers/promises';
import { PromptBudget } from '../../../src/features/completion/promptBudget';
import { tryServer } from '../../../src/features/models/servers/tryServer';
import type { ServerCandidate } from '../../../src/features/models/servers/tryServer';
import { cutWindow } from '../../../src/ipc/engine/documentWindow';
import { splitAtCursor } from '../../../src/common/text/cursor';
import type { CompleteParams } from '../../../src/ipc/engine/protocol';
import { completeByServer } from '../../../src/servers/completion';
import { ServerError } from '../../../src/servers/errors';
import type { HttpClient } from '../../../src/servers/http/client';
import { questionLimits } from '../../../src/servers/http/limits';
import type { ServerModel } from '../../../src/servers/probe';
import type { ServerClient } from '../../../src/servers/serverClient';
import type { ServerProgram } from './program';
import { createStopRule } from '../../../src/stopping/createStopRule';
import { calibrationError } from '../quality/metrics/calibration';
import type { Judged } from '../quality/metrics/calibration';
import { readPackages, readSources } from '../quality/packages';
import { situationOf } from '../quality/situations';
import { readCompletionTasks } from '../quality/tasks';

type Row = Record<string, number>;

/** As *Use a Server…* tries it. NaN where the server does not do it. */
export async function tried(
  http: HttpClient,
  candidate: ServerCandidate,
  root: string,
  signal: AbortSignal,
): Promise<Row> {
  const { purpose } = candidate;
  try {
    const { figures } = await tryServer(http, candidate, await readTasks(root), { signal });
    return {
      [`${purpose}_first_ms`]: figures.firstMs ?? NaN,
      [`${purpose}_answer_ms`]: figures.answerMs ?? NaN,
      [`${purpose}_written_per_s`]: figures.writtenPerSecond ?? NaN,
      ...(figures.exact && { [`${purpose}_exact`]: figures.exact.right, [`${purpose}_exact_of`]: figures.exact.of }),
      ...(figures.dimension !== undefined && { dimension: figures.dimension, texts_per_s: figures.readPerSecond ?? NaN }),
    };
  } catch (error) {
    if (error instanceof ServerError && error.code === 'unsupported') return { [`${purpose}_answer_ms`]: NaN };
    throw error;
  }
} // prettier-ignore

/**
 * Lines of frozen packages: whether the confidence of a server's text means what it says, and what its probabilities are.
 *
 * @param signal aborted where those that are done have to do
 */
export async function judged(
  client: ServerClient,
  model: ServerModel,
  count: number,
  signal: AbortSignal,
): Promise<Row> {
  const tasks = (await readCompletionTasks()).filter(({ set }) => set === 'line');
  // Evenly from all of them, so that every package and language is there.
  const wanted = tasks.filter((_, at) => at % Math.max(1, Math.floor(tasks.length / count)) === 0).slice(0, count);
  const all: Judged[] = [];
  let [tokens, told, likeliest, alternatives] = [0, 0, 0, 0];
  let worstSum = 0;
  let late = 0;
  const budget = PromptBudget.ofServer();
  const isOver = (): boolean => signal.aborted;
  for (const pinned of await readPackages()) {
    const own = wanted.filter((task) => task.package === pinned.name);
    if (own.length === 0) continue;
    const files = await readSources(pinned);
    const workspace = { name: pinned.name, files: new Map(files.map((file) => [file.path, file])) };
    for (const task of own) {
      if (isOver()) break;
      const { prefix, suffix, answer, path } = situationOf(task, workspace, 'closed');
      const window = cutWindow({ prefix, suffix });
      const params: CompleteParams = { model: model.name, path, context: [], ...window, mode: 'line', maxTokens: 48, maxPromptTokens: budget.tokens, alternatives: 2 }; // prettier-ignore
      const rule = createStopRule('line', path, splitAtCursor(window.prefix, window.suffix));
      const { contextLength } = model;
      const written = await completeByServer(client, params, rule, { contextLength, signal }).catch(unlessLate);
      if (written === undefined) {
        if (!isOver()) late++;
        continue;
      }
      const { text, confidence, timings } = written.result;
      budget.record(timings);
      all.push({ confidence, exact: text === answer ? 1 : 0 });
      alternatives += written.result.alternatives?.length ?? 0;
      for (const token of written.tokens) {
        tokens++;
        if (token.logprob === undefined) continue;
        told++;
        if (token.likeliest[0]?.text === token.text) likeliest++;
        worstSum = Math.max(worstSum, token.likeliest.reduce((sum, { logprob }) => sum + Math.exp(logprob), 0)); // prettier-ignore
      }
    }
  }
  return {
    gate_tasks: all.length,
    gate_tasks_late: late,
    gate_exact_share: all.filter(({ exact }) => exact === 1).length / all.length,
    gate_calibration_error: calibrationError(all),
    tokens_with_probability: tokens === 0 ? NaN : told / tokens,
    tokens_that_are_the_likeliest: told === 0 ? NaN : likeliest / told,
    largest_sum_of_probabilities: told === 0 ? NaN : worstSum,
    alternatives_per_text: alternatives / all.length,
  };
}

/** A server that is too slow for a line is not judged by it. */
function unlessLate(error: unknown): undefined {
  if (!(error instanceof ServerError) || !['deadline', 'cancelled'].includes(error.code)) throw error;
}

/** A list that any model goes on with. */
const endless = 'const n = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, ';
/** Read before the text is cancelled. */
const piecesRead = 4;

/** As llama.cpp lists them at `/slots`. */
interface Slot {
  readonly is_processing: boolean;
  readonly next_token: readonly { readonly n_decoded: number }[];
}

/** Of a processor; a program that uses less of it in so long has nothing to write. Milliseconds. */
const [windowMs, restingMs, workingForMs] = [100, 30, 60_000];

/** How long a program goes on working, to a window; NaN where it was not started here. */
async function worksFor(program: ServerProgram | undefined, signal: AbortSignal): Promise<number> {
  if (program === undefined) return NaN;
  const began = performance.now();
  while (performance.now() - began < workingForMs && !signal.aborted) {
    const [from, before] = [performance.now(), program.processorMs];
    await sleep(windowMs);
    if (program.processorMs - before < restingMs) return from - began;
  }
  return Infinity;
}

/**
 * What a server still does when a text is no longer wanted, by its own counter; where it has none, how long its program still
 * works, by the system's.
 */
export async function cancelled(
  http: HttpClient,
  client: ServerClient,
  program: ServerProgram | undefined,
  signal: AbortSignal,
): Promise<Row> {
  const slots = async (): Promise<readonly Slot[] | undefined> => {
    try {
      return (await http.json({ path: '/slots', limits: questionLimits })) as readonly Slot[];
    } catch {
      return undefined;
    }
  };
  const controller = new AbortController();
  const pieces: string[] = [];
  const request = { path: 'a.ts', context: [], prefix: endless, suffix: '', maxTokens: 1_000, stop: [] };
  const onText = (text: string): void => {
    if (pieces.push(text) === piecesRead) controller.abort();
  };
  await client.fill(request, { signal: AbortSignal.any([signal, controller.signal]), onText }).catch(() => undefined);
  if (pieces.length < piecesRead) throw new Error('The server wrote too little to be cancelled.');
  const began = performance.now();
  if (!Array.isArray(await slots()))
    return { cancelled_tokens_beyond: NaN, cancelled_free_ms: await worksFor(program, signal) };
  let decoded = 0;
  for (let busy = true; busy && !signal.aborted;) {
    const now = ((await slots()) ?? []).filter(({ is_processing: isBusy }) => isBusy);
    busy = now.length > 0;
    decoded = Math.max(decoded, ...now.flatMap((slot) => slot.next_token.map(({ n_decoded: count }) => count)));
  }
  return {
    cancelled_tokens_beyond: Math.max(0, decoded - pieces.length),
    cancelled_free_ms: performance.now() - began,
  };
}
