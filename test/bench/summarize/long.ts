/** What a long file costs: memory, questions, and what is asked again when it changes or was stopped. */
import type { EngineClient } from '../../../src/ipc/engine/client';
import { Summarizer } from '../../../src/features/summarize/summarizer';
import type { Summary } from '../../../src/features/summarize/summary';
import type { Grammars } from '../../../src/syntax/grammars';
import { manyLines } from './snippets';

const mebibyte = 2 ** 20;
const sampleEveryMs = 250;

interface Run {
  readonly summary: Summary;
  readonly seconds: number;
  readonly questions: number;
  /** Largest resident memory meanwhile, bytes: of the engine, and of the process that asks it. */
  readonly engineBytes: number;
  readonly hostBytes: number;
}

/** Summarizes 100 lines and then so many, to their end. */
export async function measureLong(
  engine: Pick<EngineClient, 'request'>,
  model: string,
  grammars: Grammars,
  lines: number,
  say: (line: string) => void,
): Promise<Record<string, number>> {
  let questions = 0;
  const counting = {
    request: ((method, ...rest) => (
      (questions += method === 'generate' ? 1 : 0),
      engine.request(method, ...rest)
    )) as EngineClient['request'],
  };
  const summarizer = new Summarizer(counting, grammars);
  const run = async (text: string, stopAt = 1): Promise<Run> => {
    questions = 0;
    const controller = new AbortController();
    const peak = watchMemory(engine);
    const begun = performance.now();
    const request = {
      text,
      path: 'src/many.ts',
      selection: { start: 0, end: text.length },
      mode: 'outline' as const,
      model,
      attempt: 0,
    };
    const summary = await summarizer.summarize(
      request,
      ({ progress: { done, total } }) => {
        if (stopAt < 1 && total > 1 && done >= stopAt * total) controller.abort();
      },
      controller.signal,
    );
    if (typeof summary === 'string') throw new Error(summary);
    return { summary, seconds: (performance.now() - begun) / 1000, questions, ...(await peak()) };
  };
  const tell = (
    what: string,
    { summary: { state, parts }, seconds, questions: asked, engineBytes, hostBytes }: Run,
  ): void =>
    say(
      `${what}: ${state}, ${parts.filter(({ sentence }) => sentence !== undefined).length} of ${parts.length} parts, ${asked} questions, ${seconds.toFixed(1)} s, engine ${(engineBytes / mebibyte).toFixed(0)} MiB, host ${(hostBytes / mebibyte).toFixed(0)} MiB at most`,
    );

  const short = await run(manyLines(100));
  tell('100 lines', short);
  const text = manyLines(lines);
  const half = await run(text, 0.5);
  tell(`${lines} lines, stopped half way`, half);
  const rest = await run(text);
  tell(`${lines} lines, to the end`, rest);
  const inside = text.indexOf('\n', text.indexOf('function ', text.length / 2)) + 1;
  const changed = await run(`${text.slice(0, inside)}  change();\n${text.slice(inside)}`);
  tell('one function changed', changed);
  return {
    'long.questions': half.questions + rest.questions,
    'long.seconds': half.seconds + rest.seconds,
    'long.questionsAfterStop': rest.questions,
    'long.questionsAfterChange': changed.questions,
    'long.engineMiB': Math.max(half.engineBytes, rest.engineBytes) / mebibyte,
    'long.hostMiB': Math.max(half.hostBytes, rest.hostBytes) / mebibyte,
    'long.engineOver100Lines': Math.max(half.engineBytes, rest.engineBytes) / short.engineBytes,
    'long.hostOver100Lines': Math.max(half.hostBytes, rest.hostBytes) / short.hostBytes,
  };
}

/** @returns ends the watch */
function watchMemory(engine: Pick<EngineClient, 'request'>): () => Promise<{ engineBytes: number; hostBytes: number }> {
  let [engineBytes, hostBytes] = [0, 0];
  const look = async (): Promise<void> => {
    const { residentBytes } = await engine.request('status', {}, { priority: 'completion' });
    engineBytes = Math.max(engineBytes, residentBytes);
    hostBytes = Math.max(hostBytes, process.memoryUsage.rss());
  };
  const timer = setInterval(() => void look(), sampleEveryMs);
  return async () => {
    clearInterval(timer);
    await look();
    return { engineBytes, hostBytes };
  };
}
