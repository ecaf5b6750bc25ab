import assert from 'node:assert/strict';
import { EngineError } from '../../../../src/ipc/engine/errors';
import { parse } from '../../../../src/ipc/engine/parse';
import { hostMessage, maxPrefixLength, methods } from '../../../../src/ipc/engine/protocol';

const params = { model: '/m', path: 'a.ts', context: [], prefix: '', suffix: '', mode: 'line', maxTokens: 8 };

describe('validation of messages', () => {
  it('passes what fits', () => {
    assert.deepEqual(parse(methods.complete.params, params, 'Parameters'), params);
  });

  for (const [what, value, sentence] of [
    ['a wrong type', { ...params, maxTokens: 'eight' }, /^Parameters: expected number at maxTokens\.$/],
    ['a missing part', { ...params, mode: undefined }, /^Parameters: mode is missing\.$/],
    ['an unknown part', { ...params, secret: 'hunter2' }, /at secret\.$/],
    ['a number out of range', { ...params, maxTokens: 0 }, /^Parameters: expected >=1 at maxTokens\.$/],
    ['a wrong part deep inside', { ...params, context: [{ path: 'b.ts', text: 3 }] }, /at context\.0\.text\.$/],
    ['a text beyond its limit', { ...params, prefix: 'x'.repeat(maxPrefixLength + 1) }, /at prefix\.$/],
    ['no object at all', 'hunter2', /^Parameters: expected Object\.$/],
  ] as const) {
    it(`names the place of ${what}, and nothing of the value`, () => {
      assert.throws(
        () => parse(methods.complete.params, value, 'Parameters'),
        (error) => {
          assert.ok(error instanceof EngineError);
          assert.equal(error.code, 'invalid');
          assert.match(error.message, sentence);
          assert.doesNotMatch(error.message, /hunter2|eight/);
          return true;
        },
      );
    });
  }

  it('bounds every text whose length bounds a step', () => {
    const text = 'x'.repeat(maxPrefixLength + 1);
    assert.throws(() => parse(methods.tokenize.params, { model: '/m', text }, 'Parameters'), { code: 'invalid' });
  });

  it('refuses a request with an unknown method, priority or id', () => {
    const request = { kind: 'request', id: 1, method: 'status', priority: 'index', params: {} };
    assert.deepEqual(parse(hostMessage, request, 'A message'), request);
    for (const wrong of [{ method: 'format' }, { priority: 'now' }, { id: -1 }, { id: 1.5 }, { kind: 'order' }]) {
      assert.throws(() => parse(hostMessage, { ...request, ...wrong }, 'A message'), { code: 'invalid' });
    }
  });
});
