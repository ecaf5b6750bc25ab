/** How long it takes until something is said. */
import type { EngineClient } from '../../../src/ipc/engine/client';
import { Summarizer } from '../../../src/features/summarize/summarizer';
import type { Grammars } from '../../../src/syntax/grammars';
import { median } from '../engine/report';
import { snippetsOf } from './snippets';
import type { Snippet } from './snippets';

interface Round {
  /**
   * Milliseconds from the request to the first words: of the summary, or of a piece of the code where that is told by
   * its pieces; to the first words of the summary itself; and to all of it when it is asked for again.
   */
  readonly first: number;
  readonly main: number;
  readonly again: number;
  /** Milliseconds to the first token that the engine writes about as much of the same code as one prompt takes. */
  readonly bare: number;
  readonly questions: number;
}

/** @param count of pieces of code for each length */
export async function measureFirstWords(
  engine: Pick<EngineClient, 'request'>,
  model: string,
  grammars: Grammars,
  count: number,
  say: (line: string) => void,
): Promise<Record<string, number>> {
  const numbers: Record<string, number> = {};
  for (const [warm] of [await snippetsOf(20, 1, grammars)]) if (warm) await measure(engine, model, grammars, warm);
  for (const lines of [10, 40, 100]) {
    const rounds: Round[] = [];
    for (const snippet of await snippetsOf(lines, count, grammars))
      rounds.push(await measure(engine, model, grammars, snippet));
    const of = (name: keyof Round): number => median(rounds.map((one) => one[name]));
    const slowest = Math.max(...rounds.map(({ first }) => first));
    const ratio = median(rounds.map(({ first, bare }) => first / bare));
    Object.assign(numbers, {
      [`first.${lines}.ms`]: of('first'),
      [`first.${lines}.slowestMs`]: slowest,
      [`first.${lines}.overBarePrompt`]: ratio,
      [`first.${lines}.mainMs`]: of('main'),
      [`first.${lines}.questions`]: of('questions'),
      [`again.${lines}.ms`]: of('again'),
      [`again.${lines}.slowestMs`]: Math.max(...rounds.map(({ again }) => again)),
    });
    say(
      `${lines} lines, ${rounds.length} pieces: first words after ${of('first').toFixed(0)} ms (slowest ${slowest.toFixed(0)}), ${ratio.toFixed(2)} times a bare prompt's first token (${of('bare').toFixed(0)} ms), those of the summary itself after ${of('main').toFixed(0)} ms and ${of('questions')} questions; the same again ${of('again').toFixed(1)} ms`,
    );
  }
  return numbers;
}

async function measure(
  engine: Pick<EngineClient, 'request'>,
  model: string,
  grammars: Grammars,
  { path, text, start, end }: Snippet,
): Promise<Round> {
  // Other code in between: nothing of the prompt is left in the model's cache.
  await bareMs(engine, model, 'other.ts', 'let nothing = 0;\n');
  const bare = await bareMs(engine, model, `bare/${path}`, text.slice(start, end));
  await bareMs(engine, model, 'other.ts', 'let nothing = 0;\n');
  let questions = 0;
  const counting = {
    request: ((method, ...rest) => (
      (questions += method === 'generate' ? 1 : 0),
      engine.request(method, ...rest)
    )) as EngineClient['request'],
  };
  const summarizer = new Summarizer(counting, grammars);
  // Known from the first summary on.
  await summarizer.facts(model);
  const request = { text, path, selection: { start, end }, mode: 'sentence' as const, model, attempt: 0 };
  const begun = performance.now();
  let first: number | undefined;
  let main: number | undefined;
  await summarizer.summarize(request, (summary) => {
    const hasMain = summary.main !== undefined && summary.main.text !== '';
    if (hasMain || (summary.aside !== undefined && summary.aside.text !== '')) first ??= performance.now() - begun;
    if (hasMain) main ??= performance.now() - begun;
  });
  const then = performance.now();
  await summarizer.summarize(request, () => undefined);
  return { first: first ?? NaN, main: main ?? NaN, again: performance.now() - then, bare, questions };
}

/** About as many UTF-16 units of code as one prompt of the embedded model takes. */
const promptUnits = 1_100;

async function bareMs(
  engine: Pick<EngineClient, 'request'>,
  model: string,
  path: string,
  code: string,
): Promise<number> {
  const start = performance.now();
  await engine.request(
    'generate',
    { model, prompt: { kind: 'documentation', path, code: code.slice(0, promptUnits) }, maxTokens: 1 },
    { priority: 'summarize' },
  );
  return performance.now() - start;
}
