/**
 * Many short editing sessions against an engine that answers at once, late or not at all: keys, deletions, jumps, other
 * documents and cells, cancelled requests and changed models. What is offered must have been written for the place where it
 * stands, by the model that is asked. Used by the benchmark of that name; no model runs.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { Completer } from '../../../src/features/completion/completer';
import { byEngine } from '../../../src/features/completion/completes';
import type { Completes } from '../../../src/features/completion/completes';
import type { Outcome, SuggestionRequest } from '../../../src/features/completion/completer';
import { isSameDocument } from '../../../src/features/completion/cursorContext';
import type { CursorContext } from '../../../src/features/completion/cursorContext';
import { EngineError } from '../../../src/ipc/engine/errors';
import type { CompleteParams, CompleteResult } from '../../../src/ipc/engine/protocol';
import { randomFrom } from '../quality/random';

export interface Found {
  readonly steps: number;
  readonly suggestions: number;
  /** What was wrong, one sentence each. */
  readonly faults: readonly string[];
}

/** Who writes in a session, as chance wants it. */
export type WriterOf = (random: Random) => Completes;

/** Requests of a session. */
const stepsEach = 5;
export const words = [
  'read',
  'Book(',
  'shelf',
  ')',
  ';',
  '\n',
  '  ',
  '{',
  '}',
  ' = ',
  'if (',
  '"a"',
  '.',
  'all()',
] as const;
const timings = { tokenizeMs: 0, reusedTokens: 0, prefillTokens: 0, prefillMs: 0, decodeTokens: 0, decodeMs: 0 };

export type Random = () => number;
export const oneOf = <T>(random: Random, all: readonly T[]): T => all[Math.floor(random() * all.length)] as T;

/** Writes a text that only the prompt decides, so that what is typed of it goes on with its rest. */
function write({ model, prefix, path }: CompleteParams, random: Random): CompleteResult {
  const seeded = randomFrom(`${model} ${path} ${prefix}`);
  const text = Array.from({ length: 1 + Math.floor(seeded() * 4) }, () => oneOf(seeded, words)).join('');
  const tokens = [{ id: 1, text, logprob: -0.1 }];
  return {
    text,
    tokens,
    logprob: -0.1,
    confidence: 0.5 + random() / 2,
    finish: 'stop',
    promptIds: new Int32Array(),
    timings,
  };
}

export function engineOf(random: Random): Parameters<typeof byEngine>[0] {
  const request = async (
    _method: string,
    params: CompleteParams,
    { signal, onEvent }: { signal?: AbortSignal; onEvent?: (event: { text: string }) => void },
  ): Promise<CompleteResult> => {
    await sleep(Math.floor(random() * 30));
    if (signal?.aborted === true) throw new EngineError('cancelled', 'No longer wanted.');
    const kind = random();
    if (kind < 0.02) throw new EngineError('deadline', 'Too late.');
    if (kind < 0.04) throw new EngineError('runtime', 'Failed.');
    const result = write(params, random);
    onEvent?.({ text: result.text.slice(0, 2) });
    await sleep(Math.floor(random() * 10));
    onEvent?.({ text: result.text.slice(2) });
    // What was given up may have been written all the same.
    return result;
  };
  return { request } as unknown as Parameters<typeof byEngine>[0];
}

/** The next place, by a key, a deletion, a jump, another document or cell, or what is offered being taken. */
function next(cursor: CursorContext, offered: Outcome | undefined, random: Random): CursorContext {
  const kind = random();
  const { prefix, suffix } = cursor;
  if (kind < 0.15 && offered?.kind === 'suggestion')
    return { ...cursor, prefix: prefix + offered.suggestion.text, suffix: suffix.slice(offered.suggestion.replaces) };
  if (kind < 0.4 && offered?.kind === 'suggestion')
    return { ...cursor, prefix: prefix + offered.suggestion.text.slice(0, 1 + Math.floor(random() * 3)) };
  if (kind < 0.6) return { ...cursor, prefix: prefix + oneOf(random, words) };
  if (kind < 0.7) return { ...cursor, prefix: prefix.slice(0, -1) };
  if (kind < 0.75) return { ...cursor, suffix: oneOf(random, words) + suffix };
  if (kind < 0.8) return { ...cursor, suffix: suffix.slice(1) };
  if (kind < 0.9) {
    const whole = prefix + suffix;
    const at = Math.floor(random() * (whole.length + 1));
    return { ...cursor, prefix: whole.slice(0, at), suffix: whole.slice(at) };
  }
  if (kind < 0.93) return { ...cursor, around: { before: oneOf(random, words), after: '' } };
  const { document: _document, around: _around, ...place } = cursor;
  return { ...place, document: oneOf(random, ['a.ts', 'b.ts', 'c.py']) };
}

/** What is wrong with an answer; undefined where nothing is. */
function faultOf(
  { cursor, model }: { cursor: CursorContext; model: string },
  outcome: Outcome,
  aborted: boolean,
): string | undefined {
  if (outcome.kind !== 'suggestion') return undefined;
  if (aborted) return 'a cancelled request was answered';
  const { suggestion, others = [] } = outcome;
  for (const { cursor: offeredAt, written, text, replaces } of [suggestion, ...others]) {
    const { cursor: writtenAt, result } = written;
    const typed = cursor.prefix.slice(writtenAt.prefix.length);
    if (offeredAt !== cursor) return 'an answer is of another place';
    if (!isSameDocument(writtenAt, cursor)) return 'a text of another document';
    if (written.params.model !== model) return 'a text of another model';
    // Editors put closers there while the text is typed.
    const added = cursor.suffix.slice(0, cursor.suffix.length - writtenAt.suffix.length);
    if (added + writtenAt.suffix !== cursor.suffix || /[^)\]}>"'`]/.test(added))
      return 'a text for what followed before';
    if (!cursor.prefix.startsWith(writtenAt.prefix) || !result.text.startsWith(typed))
      return 'a text that no longer fits';
    if (!bare(result.text.slice(typed.length)).startsWith(bare(text))) return 'a text that nobody wrote';
    if (replaces > cursor.suffix.length) return 'more is replaced than there is';
  }
  return undefined;
}

/** Blanks at line ends are not shown, as the filters say. */
const bare = (text: string): string => text.replace(/[ \t]+(?=\n|$)/g, '');

const ofEngine: WriterOf = (random) => byEngine(engineOf(random));

async function session(seed: number, writerOf: WriterOf): Promise<Found> {
  const random = randomFrom(`session ${seed}`);
  const observer = {
    started: () => undefined,
    ended: () => undefined,
    served: () => undefined,
    failed: () => undefined,
  };
  const completer = new Completer(writerOf(random), observer);
  const faults: string[] = [];
  let suggestions = 0;
  let models = 0;
  let offered: Outcome | undefined;
  let cursor: CursorContext = { document: 'a.ts', prefix: 'const shelf = read', suffix: random() < 0.5 ? '' : ')\n' };
  const waiting: Promise<void>[] = [];
  for (let step = 0; step < stepsEach; step++) {
    const at = (cursor = next(cursor, offered, random));
    const controller = new AbortController();
    const request: SuggestionRequest = {
      model: `model ${models}`,
      path: at.document,
      mode: 'line',
      minimumConfidence: 0.18,
      explicit: random() < 0.1,
      ahead: random() < 0.5,
    };
    const answer = completer
      .suggest(at, request, controller.signal)
      .then((outcome) => {
        const fault = faultOf({ cursor: at, model: request.model }, outcome, controller.signal.aborted);
        if (fault !== undefined) faults.push(`session ${seed}, step ${step}: ${fault}`);
        if (outcome.kind === 'suggestion') suggestions++;
        offered = outcome;
      })
      .catch((error: unknown) => void faults.push(`session ${seed}, step ${step}: ${String(error)}`));
    waiting.push(answer);
    const kind = random();
    if (kind < 0.4) await answer;
    else if (kind < 0.8) await sleep(Math.floor(random() * 50));
    if (random() < 0.3) controller.abort();
    if (random() < 0.06) {
      models++;
      completer.reset();
    }
  }
  await Promise.all(waiting);
  completer.reset();
  return { steps: stepsEach, suggestions, faults };
}

/** @param count sessions, of which so many run at once */
export async function runSequences(count: number, writerOf = ofEngine, atOnce = 1_000): Promise<Found> {
  let [steps, suggestions] = [0, 0];
  const faults: string[] = [];
  for (let first = 0; first < count; first += atOnce) {
    const seeds = Array.from({ length: Math.min(atOnce, count - first) }, (_seed, index) => first + index);
    for (const found of await Promise.all(seeds.map((seed) => session(seed, writerOf)))) {
      steps += found.steps;
      suggestions += found.suggestions;
      faults.push(...found.faults);
    }
  }
  return { steps, suggestions, faults };
}
