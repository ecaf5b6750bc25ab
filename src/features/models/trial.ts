/**
 * Tries a model on this machine for ten seconds: how long it takes to load, to read and to write, and how many of the small
 * tasks it writes exactly. Used by *Choose a Model*, in an engine process of the trial's own; it changes nothing.
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
const questionLength = 80;

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
  const measured = await (info.role === 'encoder' ? tryEncoder : tryDecoder)(engine, { model, info }, tasks, options);
  const { residentBytes } = await engine.request('status', {}, { priority: 'index', signal });
  return { ...measured, ...ofInfo(info), residentBytes };
}

const ofInfo = ({ role, loadMs, fillsInTheMiddle }: ModelInfo): Pick<TrialFigures, 'role' | 'loadMs' | 'fillsInTheMiddle'> => ({
  role: role === 'encoder' ? 'encoder' : 'decoder',
  loadMs,
  fillsInTheMiddle,
}); // prettier-ignore

/** A model that was opened. */
interface Opened {
  readonly model: string;
  readonly info: ModelInfo;
}

type Measured = Omit<TrialFigures, 'role' | 'loadMs' | 'fillsInTheMiddle' | 'residentBytes'>;

async function tryDecoder(
  engine: Engine,
  opened: Opened,
  tasks: readonly TrialTask[],
  { signal, onProgress, now = () => performance.now() }: TrialOptions,
): Promise<Measured> {
  const end = now() + trialMs;
  const timings: Timings[] = [];
  const keyMs: number[] = [];
  let right = 0;
  let done = 0;
  const complete = (task: Pick<TrialTask, 'path' | 'prefix' | 'suffix'>): Promise<CompleteResult> =>
    engine.request('complete', paramsOf(opened, task), { priority: 'index', signal });
  for (const task of tasks) {
    if (now() >= end) break;
    const { text, timings: spent } = await complete(task);
    timings.push(spent);
    if (text.trimEnd() === task.expected) right++;
    if (done < typedTasks) {
      const began = now();
      await complete({ ...task, prefix: task.prefix + task.expected.slice(0, 1) });
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
  { model, info }: Opened,
  { path, prefix, suffix }: Pick<TrialTask, 'path' | 'prefix' | 'suffix'>,
): CompleteParams => ({
  model,
  path,
  prefix,
  suffix,
  context: [],
  mode: 'line',
  maxTokens: Math.max(1, Math.min(maxTokens, info.contextLength >> 2)),
  maxPromptTokens,
});

async function tryEncoder(
  engine: Engine,
  { model }: Opened,
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

const rate = <K extends string>(name: K, amount: number, ms: number): Partial<Record<K, number>> =>
  amount > 0 && ms > 0 ? ({ [name]: (1_000 * amount) / ms } as Record<K, number>) : {};

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? NaN;
}
