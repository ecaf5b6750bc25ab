import assert from 'node:assert/strict';
import { explainableOf } from '../../../../src/features/completion/explainable';
import { completeParams } from '../../../../src/features/completion/request';
import type { Suggestion } from '../../../../src/features/completion/suggestions';
import { at } from './place';

describe('a suggestion as something to ask why of', () => {
  const cursor = at('a = |');
  const timings = { tokenizeMs: 0, reusedTokens: 0, prefillTokens: 0, prefillMs: 0, decodeTokens: 0, decodeMs: 0 };
  const suggestion = (context: readonly { path: string; text: string }[]): Suggestion => {
    const params = completeParams(cursor, { model: 'm', path: 'a.ts', mode: 'line', context });
    const promptIds = Int32Array.of(1, 2);
    const said = { text: 'b;', tokens: [], logprob: -1, confidence: 0.4, finish: 'stop' } as const;
    const result = { ...said, tokens: [], promptIds, timings };
    const written = { cursor, params, result };
    return { id: 1, cursor, text: 'b;', replaces: 0, confidence: 0.4, accepted: false, written };
  };

  it('names each file that the model was shown, once', () => {
    const context = ['b.ts', 'c.ts', 'b.ts'].map((path) => ({ path, text: 'x;\n' }));
    assert.deepEqual(explainableOf(suggestion(context)).shown, ['b.ts', 'c.ts']);
    assert.deepEqual(explainableOf(suggestion([])).shown, []);
  });

  it('fits where the text before the cursor is the same', () => {
    const { fits, prefix } = explainableOf(suggestion([]));
    assert.equal(prefix, 'a = ');
    assert.deepEqual([fits('let a = '), fits('let b = ')], [true, false]);
  });
});
