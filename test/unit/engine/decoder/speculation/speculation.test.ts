import fc from 'fast-check';
import assert from 'node:assert/strict';
import { lookUp, maxMatchTokens } from '../../../../../src/engine/decoder/speculation/lookup';
import { Speculation } from '../../../../../src/engine/decoder/speculation/speculation';

const draftOf = (text: readonly number[], most = 3) => lookUp(Int32Array.from(text), text.length, most);

describe('lookUp', () => {
  it('finds what followed the last tokens before', () => {
    assert.deepEqual(draftOf([1, 2, 3, 4, 5, 9, 1, 2]), { ids: [3, 4, 5], match: 2 });
    assert.equal(draftOf([1, 2, 3, 4]), undefined);
    assert.equal(draftOf([1]), undefined);
  });

  it('prefers the place that has most in common, of equals the last', () => {
    assert.deepEqual(draftOf([7, 1, 2, 30, 8, 1, 2, 40, 1, 2, 50, 8, 1, 2], 1), { ids: [40], match: 3 });
    assert.deepEqual(draftOf([1, 2, 30, 1, 2, 40, 1, 2], 1), { ids: [40], match: 2 });
  });

  it('goes on with a repetition', () => {
    assert.deepEqual(draftOf([5, 6, 6, 6]), { ids: [6, 6, 6], match: 2 });
    assert.deepEqual(draftOf([5, 1, 2, 1, 2], 4), { ids: [1, 2, 1, 2], match: 2 });
  });

  it('gives what a search through all places gives', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 40 }), (text) => {
        const common = (place: number) => {
          let count = 0;
          while (count < maxMatchTokens && count <= place && text[place - count] === text[text.length - 1 - count])
            count++;
          return count;
        };
        const places = text.slice(0, -1).map((_, place) => common(place));
        const match = Math.max(0, ...places);
        const found = draftOf(text, 1);
        if (match === 0) assert.equal(found, undefined);
        else assert.deepEqual(found, { ids: [text[places.lastIndexOf(match) + 1]], match });
      }),
    );
  });
});

describe('Speculation', () => {
  const draft = { ids: [1, 2, 3], match: 2 };
  const repeat = (count: number, work: () => void) => {
    for (let time = 0; time < count; time++) work();
  };

  it('guesses from earlier texts, too, where one has more in common with the end than the text itself', () => {
    const speculation = new Speculation(true, Int32Array.of(4, 1, 2, 8, 9));
    assert.deepEqual(speculation.draft(Int32Array.of(3, 4, 1, 2, 7, 7), 4, 2), { ids: [8, 9], match: 3 });
    assert.deepEqual(speculation.draft(Int32Array.of(4, 1, 2, 5, 4, 1, 2), 7, 2), { ids: [5, 4], match: 3 });
  });

  it('guesses more the more often guesses were right', () => {
    const speculation = new Speculation();
    repeat(50, () => speculation.observe(draft, 1));
    repeat(50, () => speculation.observe({ ...draft, match: 3 }, 1));
    repeat(50, () => speculation.observe({ ...draft, match: 4 }, 1));
    assert.equal(speculation.count(draft), 3);
    repeat(100, () => speculation.observe(draft, 9));
    assert.equal(speculation.count(draft), 0, 'they do not pay any more');
    repeat(50, () => speculation.observe(draft, 1));
    assert.equal(speculation.count(draft), 3);
  });

  it('always guesses in pairs, where one costs nothing', () => {
    const speculation = new Speculation(true);
    for (const match of [2, 3, 4]) repeat(100, () => speculation.observe({ ...draft, match }, 9));
    assert.equal(speculation.count(draft), 1);
  });

  it('tells matches of different lengths apart', () => {
    const speculation = new Speculation();
    repeat(50, () => speculation.observe({ ...draft, match: 1 }, 9));
    repeat(50, () => speculation.observe({ ...draft, match: 6 }, 1));
    assert.equal(speculation.count({ ...draft, match: 1 }), 0);
    assert.equal(speculation.count({ ...draft, match: 6 }), 3);
  });

  it('keeps to the drafts there are', () => {
    const speculation = new Speculation();
    for (const match of [2, 3, 4, 5]) repeat(50, () => speculation.observe({ ids: [1], match }, 1));
    assert.equal(speculation.count({ ids: [1, 2], match: 2 }), 1);
    const text = Int32Array.of(1, 2, 3, 1, 2, 3);
    assert.deepEqual(
      [0, 1, 2, 9].map((most) => speculation.draft(text, 6, most)?.ids.length),
      [undefined, 1, 2, 3],
    );
  });
});
