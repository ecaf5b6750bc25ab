/** Whether what a sentence is said to stand on matters to it. */
import type { EngineClient } from '../../../src/ipc/engine/client';
import type { CapturedSequence } from '../../../src/ipc/engine/messages/attention';
import { groundsOf } from '../../../src/features/summarize/grounding';
import { Summarizer } from '../../../src/features/summarize/summarizer';
import type { Grammars } from '../../../src/syntax/grammars';
import { median } from '../engine/report';
import { snippetsOf } from './snippets';

/**
 * For sentences about pieces of about 12 lines: how much less probable each is with its heaviest line hidden from the
 * model, and with each of up to 19 other stretches of the same length hidden.
 */
export async function measureLines(
  engine: Pick<EngineClient, 'request'>,
  model: string,
  grammars: Grammars,
  count: number,
  say: (line: string) => void,
): Promise<Record<string, number>> {
  const above: number[] = [];
  const times: number[] = [];
  let needed = 0;
  for (const { path, text, start, end } of await snippetsOf(12, count, grammars)) {
    const request = { text, path, selection: { start, end }, mode: 'sentence' as const, model, attempt: 0 };
    const summary = await new Summarizer(engine, grammars).summarize(request, () => undefined);
    const evidence = typeof summary === 'string' ? undefined : summary.main?.evidence;
    if (evidence === undefined || evidence.tokens.length === 0) continue;
    const begun = performance.now();
    const [grounds = []] = await groundsOf(engine, evidence);
    times.push(performance.now() - begun);
    const [heaviest] = grounds;
    if (heaviest === undefined) continue;
    const subject = {
      kind: 'prompt',
      promptIds: evidence.promptIds,
      generatedIds: Int32Array.from(evidence.tokens, ({ id }) => id),
    } as const;
    const { capture, sequences } = await engine.request('capture', { model, subject }, { priority: 'inspect' });
    const hidden = spanOf(sequences[0] as CapturedSequence, (text.split('\n')[heaviest.first] ?? '').trim());
    if (hidden !== undefined) {
      const { delta, controlDeltas } = await engine.request(
        'causal',
        { capture, hidden, controls: 19, seed: 1 },
        { priority: 'inspect' },
      );
      if (controlDeltas.length > 0) {
        above.push([...controlDeltas].filter((one) => one > delta).length / controlDeltas.length);
        if (delta < 0) needed++;
      }
    }
    await engine.request('release', { capture }, { priority: 'inspect' });
  }
  const mean = above.reduce((sum, one) => sum + one, 0) / above.length;
  say(
    `${above.length} sentences: hiding the heaviest line costs more than hiding ${(100 * mean).toFixed(0)} % of other stretches as long (50 % is chance), and makes ${((100 * needed) / above.length).toFixed(0)} % of the sentences less probable; found in ${median(times).toFixed(0)} ms`,
  );
  return {
    'lines.sentences': above.length,
    'lines.aboveControls': mean,
    'lines.lessProbable': needed / above.length,
    'lines.ms': median(times),
  };
}

/** The tokens of a line of the prompt. */
function spanOf({ text, ranges, ids }: CapturedSequence, line: string): { from: number; to: number } | undefined {
  const at = line === '' ? -1 : text.indexOf(line);
  if (at < 0) return undefined;
  let span: { from: number; to: number } | undefined;
  for (let token = 1; token < ids.length; token++) {
    const isInside = (ranges[2 * token] as number) < at + line.length && (ranges[2 * token + 1] as number) > at;
    if (isInside) span = { from: span?.from ?? token, to: token + 1 };
  }
  return span;
}
