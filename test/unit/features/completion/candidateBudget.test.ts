import assert from 'node:assert/strict';
import { CandidateBudget } from '../../../../src/features/completion/candidateBudget';

const timings = (writtenMs: number, readMs: number, decodeTokens = 10, prefillTokens = 100) => ({
  decodeTokens,
  decodeMs: decodeTokens * writtenMs,
  prefillTokens,
  prefillMs: prefillTokens * readMs,
});

describe('CandidateBudget', () => {
  const after = (...runs: ReturnType<typeof timings>[]) => {
    const budget = new CandidateBudget();
    for (const run of runs) budget.record(run);
    return budget.candidates(false);
  };

  it('compares four texts until the machine has been measured, and where it is fast', () => {
    assert.equal(after(), 4);
    assert.equal(after(timings(5, 0.7)), 4);
  });

  it('compares fewer where the machine is slower, and none where it is slow', () => {
    assert.equal(after(timings(12, 2)), 2);
    assert.equal(after(timings(60, 20)), 1);
  });

  it('goes by the fastest of the last four', () => {
    assert.equal(after(timings(5, 0.7), timings(60, 20), timings(60, 20)), 4);
    assert.equal(after(timings(5, 0.7), ...Array.from({ length: 4 }, () => timings(60, 20))), 1);
  });

  it('compares two on a line that has been answered already, where the machine does so in half the time', () => {
    const budget = new CandidateBudget();
    assert.equal(budget.candidates(true), 2);
    budget.record(timings(12, 2));
    assert.deepEqual([budget.candidates(true), budget.candidates(false)], [1, 2]);
    budget.record(timings(5, 0.7));
    assert.deepEqual([budget.candidates(true), budget.candidates(false)], [2, 4]);
  });

  it('learns nothing from short runs', () => {
    assert.equal(after(timings(60, 20, 3, 10)), 4);
  });
});
