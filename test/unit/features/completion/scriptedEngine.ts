/** An engine whose answers the tests of the completer write themselves, and a completer that asks it. */
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { Completer } from '../../../../src/features/completion/completer';
import type { Outcome, SuggestionRequest } from '../../../../src/features/completion/completer';
import { byEngine } from '../../../../src/features/completion/completes';
import type { EngineClient } from '../../../../src/ipc/engine/client';
import { EngineError } from '../../../../src/ipc/engine/errors';
import type { CompleteParams, CompleteResult, Priority } from '../../../../src/ipc/engine/protocol';

/** What is asked for while one types, and by a command. */
export const wish: SuggestionRequest = { model: '/model', path: 'a.ts', mode: 'line', minimumConfidence: 0, explicit: false }; // prettier-ignore
export const asking: SuggestionRequest = { ...wish, explicit: true };
export const never = new AbortController().signal;

/** One request that the engine was asked; the test writes its text and ends it. */
export interface Asked {
  readonly params: CompleteParams;
  readonly priority: Priority;
  readonly signal: AbortSignal;
  readonly deadlineMs: number | undefined;
  write(piece: string): void;
  finish(text: string, alternatives?: readonly string[]): void;
  /** Ends with the beginning of a text that can be no surer than what is wanted. */
  giveUp(text: string): void;
  fail(error: Error): void;
}

/** An engine that answers when the test says so, and rejects aborted requests at once, as the real one does. */
export class ScriptedEngine {
  readonly asked: Asked[] = [];

  readonly request = ((_method: 'complete', params: CompleteParams, options) => {
    return new Promise<CompleteResult>((resolve, reject) => {
      options.signal?.addEventListener('abort', () => reject(new EngineError('cancelled', 'No longer wanted.')));
      this.asked.push({
        params,
        priority: options.priority,
        signal: options.signal!,
        deadlineMs: options.deadlineMs,
        write: (text) => (options.onEvent as (event: { text: string }) => void)({ text }),
        finish: (text, alternatives) => resolve(resultOf(text, alternatives)),
        giveUp: (text) => resolve({ ...resultOf(text), confidence: 0.01, finish: 'unlikely' }),
        fail: reject,
      });
    });
  }) as EngineClient['request'];

  /** The n-th request, once it is there. */
  async ask(n: number): Promise<Asked> {
    for (let waited = 0; waited < 2_000 && this.asked.length <= n; waited += 5) await sleep(5);
    return this.asked[n]!;
  }
}

function resultOf(text: string, alternatives?: readonly string[]): CompleteResult {
  const unsaid = { tokens: [], logprob: 0, confidence: 0.5, finish: 'endOfMiddle' } as const;
  return {
    ...unsaid,
    text,
    tokens: Array.from(text, (sign) => ({ id: 0, text: sign, logprob: Math.log(unsaid.confidence) / text.length })),
    ...(alternatives && { alternatives: alternatives.map((other) => ({ ...unsaid, tokens: [], text: other })) }),
    promptIds: new Int32Array(),
    timings: { tokenizeMs: 0, reusedTokens: 0, prefillTokens: 0, prefillMs: 0, decodeTokens: 0, decodeMs: 0 },
  };
}

export function setUp() {
  const engine = new ScriptedEngine();
  const log: string[] = [];
  const completer = new Completer(byEngine(engine), {
    started: () => log.push('started'),
    ended: () => log.push('ended'),
    served: () => log.push('served'),
    failed: (message, isNew) => log.push(isNew ? message : 'again'),
  });
  return { engine, log, completer };
}

export function textOf(outcome: Outcome): string {
  return outcome.kind === 'suggestion'
    ? outcome.suggestion.text
    : outcome.kind === 'none'
      ? `(${outcome.reason.kind})`
      : '(cancelled)';
}

/** The texts to choose from, in their order. */
export function textsOf(outcome: Outcome): string[] {
  assert.ok(outcome.kind === 'suggestion');
  return [outcome.suggestion, ...(outcome.others ?? [])].map(({ text }) => text);
}
