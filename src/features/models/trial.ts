/**
 * Tries a model on this machine for ten seconds: how long it takes to load, to read and to write, and how many of the small
 * tasks it writes exactly. Used by *Choose a Model*, in an engine process of the trial's own, and for the tasks by the
 * trial of a server; it changes nothing.
 */
import type { TrialFigures } from '../../host/trialFigures';
import type { EngineClient } from '../../ipc/engine/client';
import type { CompleteParams, CompleteResult, ModelInfo, Timings } from '../../ipc/engine/protocol';
import type { TrialTask } from './tasks';

/** Milliseconds for the tasks, loading not counted. */
export const trialMs = 10_000;
/** A prompt of the length that the slowest machines get. Tokens. */
const maxPromptTokens = 256;
/** As for a line in the editor; a model of a short context writes a quarter of it. */
const maxTokens = 48;
/** So many of the first tasks are also asked for after one more key. */
const typedTasks = 8;
/** A question is so many characters of a task. */
export const questionLength = 80;

export interface TrialOptions {
  readonly signal: AbortSignal;
  /** Called with the number of tasks that are done. */
  readonly onProgress?: (done: number) => void;
  /** Milliseconds; a clock of the tests' own. */
  readonly now?: () => number;
}

type Engine = Pick<EngineClient, 'request'>;

/**
 * @param model absolute path
 * @throws {EngineError} where the model cannot be opened, or `cancelled`
 */
export async function tryModel(
  engine: Engine,
  model: string,
  tasks: readonly TrialTask[],
  options: TrialOptions,
): Promise<TrialFigures> {
  const { signal } = options;
  const info = await engine.request('load', { model }, { priority: 'index', signal });
  const complete = (params: CompleteParams): Promise<CompleteResult> =>
    engine.request('complete', params, { priority: 'index', signal });
  const measured =
    info.role === 'encoder'
      ? await tryEncoder(engine, model, tasks, options)
      : await tryCompletions(complete, { model, contextLength: info.contextLength }, tasks, options);
  const { residentBytes } = await engine.request('status', {}, { priority: 'index', signal });
  return { ...measured, ...ofInfo(info), residentBytes };
}

const ofInfo = ({ role, loadMs, fillsInTheMiddle }: ModelInfo): Pick<TrialFigures, 'role' | 'loadMs' | 'fillsInTheMiddle'> => ({
  role: role === 'encoder' ? 'encoder' : 'decoder',
  loadMs,
  fillsInTheMiddle,
}); // prettier-ignore

/** A model that is ready to write. */
interface Opened {
  readonly model: string;
  /** Tokens. */
  readonly contextLength: number;
}

/** What a model is measured by, wherever it runs. */
export type Measured = Omit<TrialFigures, 'role' | 'loadMs' | 'fillsInTheMiddle' | 'residentBytes'>;

/**
 * Has the tasks completed, one after the other, for as long as there is time.
 *
 * @param complete asks the model; what it throws ends the trial
 */
export async function tryCompletions(
  complete: (params: CompleteParams) => Promise<CompleteResult>,
  opened: Opened,
  tasks: readonly TrialTask[],
  { onProgress, now = () => performance.now() }: Omit<TrialOptions, 'signal'>,
): Promise<Measured> {
  const end = now() + trialMs;
  const timings: Timings[] = [];
  const keyMs: number[] = [];
  let right = 0;
  let done = 0;
  for (const task of tasks) {
    if (now() >= end) break;
    const { text, timings: spent } = await complete(paramsOf(opened, task));
    timings.push(spent);
    if (text.trimEnd() === task.expected) right++;
    if (done < typedTasks) {
      const began = now();
      await complete(paramsOf(opened, { ...task, prefix: task.prefix + task.expected.slice(0, 1) }));
      keyMs.push(now() - began);
    }
    done++;
    onProgress?.(done);
  }
  const total = (of: keyof Timings): number => timings.reduce((sum, spent) => sum + spent[of], 0);
  return {
    ...rate('readPerSecond', total('prefillTokens'), total('prefillMs')),
    ...rate('writtenPerSecond', total('decodeTokens'), total('decodeMs')),
    ...(keyMs.length > 0 && { answerMs: median(keyMs) }),
    exact: { right, of: done },
  };
}

const paramsOf = (
  { model, contextLength }: Opened,
  { path, prefix, suffix }: Pick<TrialTask, 'path' | 'prefix' | 'suffix'>,
): CompleteParams => ({
  model,
  path,
  prefix,
  suffix,
  context: [],
  mode: 'line',
  maxTokens: Math.max(1, Math.min(maxTokens, contextLength >> 2)),
  maxPromptTokens,
});

async function tryEncoder(
  engine: Engine,
  model: string,
  tasks: readonly TrialTask[],
  { signal, onProgress, now = () => performance.now() }: TrialOptions,
): Promise<Measured> {
  const end = now() + trialMs;
  const questionMs: number[] = [];
  let [texts, ms] = [0, 0];
  for (const { prefix } of tasks) {
    if (now() >= end) break;
    const embed = async (kind: 'query' | 'document', text: string): Promise<number> => {
      const began = now();
      await engine.request('embed', { model, kind, texts: [text] }, { priority: 'index', signal });
      return now() - began;
    };
    ms += await embed('document', prefix);
    questionMs.push(await embed('query', prefix.slice(0, questionLength)));
    texts++;
    onProgress?.(texts);
  }
  return { ...rate('readPerSecond', texts, ms), ...(questionMs.length > 0 && { answerMs: median(questionMs) }) };
}

/** An amount a second, by that name; nothing where nothing was measured. */
export const rate = <K extends string>(name: K, amount: number, ms: number): Partial<Record<K, number>> =>
  amount > 0 && ms > 0 ? ({ [name]: (1_000 * amount) / ms } as Record<K, number>) : {};

/** The one in the middle; NaN of none. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? NaN;
}
