/**
 * Compares an accelerator with the processor on a model's logits and speed, and gives a verdict; used by
 * `deviceTest.ts`. Knows the model only through two runners.
 */
import type { ProviderName } from '../../../ipc/engine/devices';
import type { ProviderVerdict } from './verdict';

/** One native run: `rows` tokens behind the first `past` ones. */
export interface TestRun {
  readonly past: number;
  readonly rows: number;
}

/** A model with a cache, on the processor or on an accelerator. */
export interface Runner {
  /** @returns the logits behind the run's last token; they hold until the next run */
  run(tokens: Int32Array, run: TestRun): Promise<Float32Array>;
}

export interface Trial {
  readonly provider: ProviderName;
  readonly adapter: string;
  readonly software: boolean;
  readonly vocabularySize: number;
  /** More than the tokens of the test. */
  readonly contextLength: number;
  /** Largest error of logits that is a matter of rounding, as a share of their spread. */
  readonly tolerance: number;
  readonly cpu: Runner;
  readonly device: Runner;
}

/** Lengths of the runs that are compared: the kernels of accelerators change between them. */
const lengths = [1, 16, 64, 256] as const;
/** An accelerator that is wrong in runs of fewer rows is of no use. */
const minRows = 16;
/** Tokens that are read in the further tests. */
const promptTokens = 64;
/** Tokens that are written behind the prompt. */
const writtenTokens = 6;
/** Tokens that a short completion has: the rate of exchange between reading and writing. */
const completionTokens = 16;
/** An accelerator this many times as slow in its first steps is not measured further. */
const hopeless = 20;

/**
 * Compares an accelerator with the processor on the model that it is to run: runs of 1 to 256 tokens, tokens one by one
 * behind them, and a run behind fewer rows than the cache holds. An accelerator that is right in short runs
 * alone is found right for those.
 *
 * @throws {unknown} what running throws on either side
 */
export async function judge({
  provider,
  adapter,
  software,
  vocabularySize,
  contextLength,
  tolerance,
  cpu,
  device,
}: Trial): Promise<ProviderVerdict> {
  const tokens = Int32Array.from({ length: Math.max(...lengths) }, (_, at) => (7919 * at + 13) % vocabularySize);
  let worst = 0;
  const isSame = async (run: TestRun): Promise<boolean> => {
    const expected = Float32Array.from(await cpu.run(tokens, run));
    const error = errorOf(expected, await device.run(tokens, run));
    if (error <= tolerance) worst = Math.max(worst, error);
    return error <= tolerance;
  };
  const refused = (reason: string): ProviderVerdict => ({
    provider,
    adapter,
    software,
    maxRows: 0,
    error: null,
    reason,
  });

  let maxRows = 0;
  for (const rows of lengths.filter((length) => length < contextLength)) {
    if (!(await isSame({ past: 0, rows }))) break;
    maxRows = rows;
  }
  if (maxRows < minRows)
    return refused(
      `its logits behind ${maxRows === 0 ? 'a token' : 'a few tokens'} differ from those of the processor`,
    );

  const prompt = chunks(promptTokens, maxRows);
  const written = Array.from({ length: writtenTokens }, (_, at): TestRun => ({ past: promptTokens + at, rows: 1 }));
  for (const run of [...prompt, ...written, { past: promptTokens - minRows, rows: minRows }]) {
    if (!(await isSame(run)))
      return refused(`its logits behind ${run.past} cached tokens differ from those of the processor`);
  }

  const time = async (runner: Runner, limitMs: number): Promise<number> => {
    const token = await measure(runner, tokens, written, limitMs / completionTokens);
    return completionTokens * token + (await measure(runner, tokens, prompt, limitMs)) * prompt.length;
  };
  const cpuMs = await time(cpu, Infinity);
  return { provider, adapter, software, maxRows, error: worst, cpuMs, deviceMs: await time(device, hopeless * cpuMs) };
}

const chunks = (length: number, rows: number): TestRun[] =>
  Array.from({ length: Math.ceil(length / rows) }, (_, at) => ({
    past: at * rows,
    rows: Math.min(rows, length - at * rows),
  }));

/** The root mean square of the differences, as a share of that of the expected logits around their mean. */
export function errorOf(expected: Float32Array, found: Float32Array): number {
  if (expected.length !== found.length) return Infinity;
  const mean = expected.reduce((sum, value) => sum + value, 0) / expected.length;
  let difference = 0;
  let spread = 0;
  for (const [at, value] of expected.entries()) {
    difference += (value - (found[at] as number)) ** 2;
    spread += (value - mean) ** 2;
  }
  const error = Math.sqrt(difference / spread);
  // What is no number is no logit.
  return Number.isNaN(error) ? Infinity : error;
}

/** The middle of the times of these runs, milliseconds; of fewer where one takes longer than the limit. */
async function measure(runner: Runner, tokens: Int32Array, runs: readonly TestRun[], limitMs: number): Promise<number> {
  const times: number[] = [];
  for (const run of runs) {
    const started = performance.now();
    await runner.run(tokens, run);
    times.push(performance.now() - started);
    if ((times.at(-1) ?? 0) > limitMs) break;
  }
  return times.sort((a, b) => a - b)[Math.floor(times.length / 2)] ?? Infinity;
}
