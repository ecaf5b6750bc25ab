/**
 * What typing costs without an editor, with and without asking ahead: `npm run bench -- typing [--quick] [--json FILE]`. Types
 * stretches of files that nothing was trained on, a key every 150 ms, and takes each tenth suggestion after a while.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { distribution } from '../../../src/cli/distribution';
import { typing, typingTasks } from '../../../src/cli/typing';
import { Completer } from '../../../src/features/completion/completer';
import type { SuggestionRequest } from '../../../src/features/completion/completer';
import type { CursorContext } from '../../../src/features/completion/cursorContext';
import { placeAfter, placeOnNextLine } from '../../../src/features/completion/nextPlaces';
import { decoderFolder } from '../../../src/host/modelPaths';
import { EngineClient } from '../../../src/ipc/engine/client';
import { cutWindow } from '../../../src/ipc/engine/documentWindow';
import type { Timings } from '../../../src/ipc/engine/protocol';
import { languageOf } from '../../../src/syntax/languages';
import { processorTime } from '../../support/processFigures';

const { values } = parseArgs({ options: { quick: { type: 'boolean', default: false }, json: { type: 'string' } } });
const root = process.cwd();
const files = ['express/lib/application.js', 'express/lib/response.js', 'zod/src/v4/core/util.ts'].slice(
  0,
  values.quick ? 1 : undefined,
);
const [stretches, length] = values.quick ? [1, 40] : [3, 150];
const keyEveryMs = 150;
/** A suggestion is taken after one of these, and each so many suggestions. Milliseconds. */
const waits = [250, 500, 1_000] as const;
const takenEach = values.quick ? 4 : 10;
/** An answer within this is there already. Milliseconds. */
const readyMs = 10;
const never = new AbortController().signal;

/** Seconds of processor that the engine's process has used; only Linux tells. */
function processorSeconds(): number {
  try {
    const [child] = readFileSync(`/proc/${process.pid}/task/${process.pid}/children`, 'utf8').trim().split(' ');
    return processorTime(Number(child)) / 1_000;
  } catch {
    return NaN;
  }
}

async function measure(ahead: boolean): Promise<Record<string, number>> {
  const engine = new EngineClient({ modulePath: join(root, 'dist/engine.js'), threads: () => 0, log: () => undefined });
  const served: Timings[] = [];
  const completer = new Completer(engine, {
    started: () => undefined,
    ended: () => undefined,
    served: (_, { timings }) => served.push(timings),
    failed: (message) => {
      throw new Error(message);
    },
  });
  const times: number[] = [];
  const prefilled: number[] = [];
  const ready = new Map<number, boolean[]>(waits.map((ms) => [ms, []]));
  let [known, copied, shown] = [0, 0, 0];

  /** @returns milliseconds to the answer, and the answer */
  const ask = async (cursor: CursorContext, request: SuggestionRequest) => {
    const start = performance.now();
    const outcome = await completer.suggest(cursor, request, never);
    return { ms: performance.now() - start, outcome };
  };

  /** Whether what follows a suggestion is there after so long: behind it or, where nothing is shown there, on the next line. */
  const isReady = async (cursor: CursorContext, request: SuggestionRequest): Promise<boolean> => {
    const behind = await ask(cursor, request);
    const next = placeOnNextLine(cursor, languageOf(request.path));
    if (behind.outcome.kind === 'suggestion' || next === undefined) return behind.ms <= readyMs;
    return behind.ms + (await ask(next, request)).ms <= readyMs;
  };

  try {
    await engine.request('load', { model: decoderFolder('', root) }, { priority: 'completion' });
    const startSeconds = processorSeconds();
    for (const file of files) {
      const text = readFileSync(join(root, 'node_modules', file), 'utf8');
      const request: SuggestionRequest = {
        model: decoderFolder('', root),
        path: file,
        mode: 'line',
        neighbours: () => Promise.resolve([]),
        minimumConfidence: 0.18,
        explicit: false,
        ahead,
      };
      for (const task of typingTasks(text, 'javascript', stretches, length)) {
        for (const { prefix, suffix } of typing(task)) {
          const cursor = { document: file, ...cutWindow({ prefix, suffix }) };
          const before = served.length;
          const { ms, outcome } = await ask(cursor, request);
          times.push(ms);
          const run = served.length > before ? served.at(-1) : undefined;
          if (run === undefined) known++;
          else if (run.prefillTokens === 0) copied++;
          else prefilled.push(run.prefillTokens);
          if (outcome.kind === 'suggestion' && shown++ % takenEach === 0) {
            const wait = waits[Math.floor(shown / takenEach) % waits.length] ?? 500;
            await sleep(wait);
            ready.get(wait)?.push(await isReady(placeAfter(cursor, outcome.suggestion), request));
          }
          await sleep(Math.max(0, keyEveryMs - ms));
        }
      }
    }
    const { p50, p95 } = distribution(times);
    const tokens = distribution(prefilled);
    const share = (count: number): number => count / times.length;
    return {
      keys: times.length,
      key_ms_p50: p50,
      key_ms_p95: p95,
      key_ms_p99: times.toSorted((a, b) => a - b)[Math.ceil(0.99 * times.length) - 1] ?? 0,
      known_share: share(known),
      copied_share: share(copied),
      written_share: share(prefilled.length),
      prefilled_tokens_p50: tokens.p50,
      prefilled_tokens_p95: tokens.p95,
      processor_s_per_1000_keys: ((processorSeconds() - startSeconds) * 1_000) / times.length,
      ...Object.fromEntries(
        [...ready].map(([ms, hits]) => [`ready_after_${ms}ms`, hits.filter(Boolean).length / Math.max(1, hits.length)]),
      ),
      taken: [...ready.values()].reduce((sum, hits) => sum + hits.length, 0),
    };
  } finally {
    completer.reset();
    engine.dispose();
  }
}

async function main(): Promise<void> {
  const found: Record<string, number> = {};
  for (const [name, ahead] of [
    ['plain', false],
    ['ahead', true],
  ] as const) {
    for (const [key, value] of Object.entries(await measure(ahead)))
      found[`${name}_${key}`] = Math.round(value * 1_000) / 1_000;
  }
  for (const [name, value] of Object.entries(found)) process.stdout.write(`${name}: ${value}\n`);
  if (values.json !== undefined) writeFileSync(values.json, JSON.stringify(found, undefined, 2));
}

void main();
