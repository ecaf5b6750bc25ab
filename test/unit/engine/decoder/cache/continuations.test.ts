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

  it('tell what was written last, behind the end of what stood before it', () => {
    const continuations = new Continuations();
    const remember = (text: readonly number[], start: number, given = false) =>
      continuations.remember({
        text: Int32Array.from(text),
        start,
        tokens: text.slice(start).map((id) => ({ id, logprob: -1 })),
        choice: given ? 'given' : choice,
      });
    assert.deepEqual([...continuations.written()], []);
    remember([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11], 10);
    remember([90, 91], 1, true);
    remember([50, 51], 1);
    assert.deepEqual([...continuations.written()], [3, 4, 5, 6, 7, 8, 9, 10, 11, 50, 51]);
    for (let at = 0; at < 100; at++) remember([60, 61], 1);
    assert.ok(continuations.written().length <= 2 * 16);
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
