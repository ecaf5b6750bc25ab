import assert from 'node:assert/strict';
import { Continuations } from '../../../../../src/engine/decoder/cache/continuations';

const choice = { forbiddenIds: [], runnersUp: 0 };

describe('Continuations', () => {
  it('do not remember more than they may, and the latest longest', () => {
    const continuations = new Continuations();
    for (let at = 0; at < 1_000; at++)
      continuations.remember({ text: Int32Array.of(at, 7), start: 1, tokens: [{ id: 7, logprob: -1 }], choice });
    const known = Array.from({ length: 1_000 }, (_, at) => continuations.next(Int32Array.of(at), 1, choice));
    assert.ok(known.filter(Boolean).length <= 64);
    assert.deepEqual(known.at(-1), { id: 7, logprob: -1 });
  });

  it('know of a token that was given how probable it is, not that it would be chosen', () => {
    const continuations = new Continuations();
    const text = Int32Array.of(1, 7);
    continuations.remember({ text, start: 1, tokens: [{ id: 7, logprob: -3 }], choice: 'given' });
    assert.equal(continuations.next(text, 1, choice), undefined);
    assert.deepEqual(continuations.given(text, 1, 7), { id: 7, logprob: -3 });
    assert.equal(continuations.given(text, 1, 8), undefined);
  });
});
