import assert from 'node:assert/strict';
import { Completer } from '../../../../src/features/completion/completer';
import { byEngine } from '../../../../src/features/completion/completes';
import type { SuggestionRequest } from '../../../../src/features/completion/completer';
import type { EngineClient } from '../../../../src/ipc/engine/client';
import { EngineError } from '../../../../src/ipc/engine/errors';
import type { CompleteResult } from '../../../../src/ipc/engine/protocol';
import { at } from './place';

const wish: SuggestionRequest = { model: '/model', path: 'a.ts', mode: 'line', minimumConfidence: 0, explicit: false };
const never = new AbortController().signal;
const timings = { tokenizeMs: 0, reusedTokens: 0, prefillTokens: 0, prefillMs: 0, decodeTokens: 0, decodeMs: 0 };
const answer: CompleteResult = { text: '1;', tokens: [], logprob: 0, confidence: 0.5, finish: 'stop', promptIds: new Int32Array(), timings }; // prettier-ignore

describe('two requests that nobody cancels', () => {
  it('do not end one another without an end: the older one is given up', async () => {
    const asked: (() => void)[] = [];
    let begun = (): void => undefined;
    const first = new Promise<void>((resolve) => (begun = resolve));
    const request = ((_method: 'complete', _params, { signal }) =>
      new Promise<CompleteResult>((resolve, reject) => {
        signal?.addEventListener('abort', () => reject(new EngineError('cancelled', 'No longer wanted.')));
        asked.push(() => resolve(answer));
        begun();
        if (asked.length === 2) resolve(answer);
      })) as EngineClient['request'];
    const observer = { started: () => undefined, ended: () => undefined, served: () => undefined, failed: () => undefined }; // prettier-ignore
    const completer = new Completer(byEngine({ request }), observer);
    const older = completer.suggest(at('const older = |'), wish, never);
    await first;
    const newer = completer.suggest(at('let newer = |'), wish, never);
    assert.equal((await older).kind, 'cancelled');
    assert.equal((await newer).kind, 'suggestion');
    assert.equal(asked.length, 2);
  });
});
