import fc from 'fast-check';
import assert from 'node:assert/strict';
import { RunPace, runLimitMs } from '../../../../src/engine/decoder/pace';
import { planFurther, planRun, planToken, rowsToKeep } from '../../../../src/engine/decoder/plan';

const even = (most: number) => fc.integer({ min: 1, max: most / 2 }).map((half) => 2 * half);

describe('planRun', () => {
  it('reaches the last token with runs of an even number of rows, none longer than allowed', () => {
    const cases = fc
      .integer({ min: 2, max: 300 })
      .chain((length) => fc.tuple(fc.constant(length), fc.nat(length), even(64)));
    fc.assert(
      fc.property(cases, ([length, shared, most]) => {
        let cached = shared;
        for (let run = planRun(length, cached, most); ; run = planRun(length, cached, most)) {
          assert.ok(run.rows > 0 && run.rows % 2 === 0 && run.rows <= most);
          assert.ok(run.past >= 0 && run.past <= cached && run.past + run.rows <= length);
          const end = run.past + run.rows;
          assert.ok(end > cached || end === length, 'it gets on');
          assert.equal(rowsToKeep(run), end);
          if (end === length) return;
          cached = end;
        }
      }),
    );
  });

  it('runs at most two tokens twice', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 300 }), fc.nat(300), (length, shared) => {
        const cached = Math.min(shared, length);
        assert.ok(planRun(length, cached, 512).past >= cached - 2);
      }),
    );
  });

  it('runs a lonely token alone and does not keep it', () => {
    assert.deepEqual(planRun(1, 0, 16), { past: 0, rows: 1 });
    assert.equal(rowsToKeep({ past: 0, rows: 1 }), 0);
  });
});

describe('planToken', () => {
  it('runs a token alone, or with guesses behind it where it is the last', () => {
    assert.deepEqual(planToken(20, 19, 0), { past: 19, rows: 1 });
    assert.deepEqual(planToken(20, 19, 1), { past: 19, rows: 2, drafts: 1 });
    assert.deepEqual(planToken(20, 19, 3), { past: 19, rows: 4, drafts: 3 });
    assert.deepEqual(planToken(20, 17, 3), { past: 17, rows: 1 });
  });
});

describe('planFurther', () => {
  const text = fc.tuple(fc.integer({ min: 1, max: 100 }), fc.nat(100), fc.integer({ min: 0, max: 15 }), even(64));

  it('reaches the last token in pairs, with what is given behind it as far as that fits', () => {
    fc.assert(
      fc.property(text, ([length, shared, given, most]) => {
        let cached = Math.min(shared, length);
        for (;;) {
          const run = planFurther(length, cached, given, most);
          const end = run.past + run.rows;
          assert.ok(run.rows <= most && (run.rows % 2 === 0 || end === 1));
          if (run.drafts !== undefined) {
            assert.ok(run.drafts > 0 && run.drafts <= given && end === length + run.drafts);
            assert.ok(run.rows > run.drafts);
          }
          if (end >= length) return;
          assert.ok(end > cached, 'it gets on');
          cached = end;
        }
      }),
    );
  });

  it('takes as much of what is given as goes into the run', () => {
    assert.deepEqual(planFurther(110, 100, 15, 16), { past: 100, rows: 16, drafts: 6 });
    assert.deepEqual(planFurther(8, 8, 15, 16), { past: 7, rows: 16, drafts: 15 });
    assert.deepEqual(planFurther(8, 8, 15, 8), { past: 7, rows: 8, drafts: 7 });
    assert.deepEqual(planFurther(9, 0, 2, 16), { past: 0, rows: 10, drafts: 1 });
  });

  it('takes one run where that is enough', () => {
    assert.deepEqual(planFurther(110, 100, 15, 64), { past: 99, rows: 26, drafts: 15 });
    assert.deepEqual(planFurther(110, 110, 15, 64), { past: 109, rows: 16, drafts: 15 });
    assert.deepEqual(planFurther(110, 100, 15, 10), { past: 100, rows: 10 });
  });
});

describe('Pace', () => {
  /** A machine on which a run costs `fixed` ms and each row `perRow` ms. */
  const prefill = (pace: RunPace, runs: number, fixed: number, perRow: number): number[] =>
    Array.from({ length: runs }, () => {
      const ms = fixed + perRow * pace.rows;
      pace.record(pace.rows, ms);
      return ms;
    });

  it('keeps every run within the limit on machines of any speed', () => {
    for (const perRow of [0.01, 0.1, 0.5, 1, 1.8]) {
      const times = prefill(new RunPace(false), 30, 0.3, perRow);
      assert.ok(Math.max(...times) <= runLimitMs, `${perRow} ms a row: ${Math.max(...times)} ms`);
      assert.ok(times.at(-1)! > 5 || perRow < 0.1, `${perRow} ms a row: runs of ${times.at(-1)} ms are too short`);
    }
  });

  it('never asks for so few rows that each becomes expensive, however slow the machine is', () => {
    for (const [interruptible, least] of [
      [false, 4],
      [true, 16],
    ] as const) {
      const pace = new RunPace(interruptible);
      prefill(pace, 8, 10, 20);
      assert.equal(pace.rows, least);
    }
  });

  it('takes runs that were held up for what they are', () => {
    const pace = new RunPace(false);
    prefill(pace, 10, 0, 0.2);
    const usual = pace.rows;
    for (let run = 0; run < 20; run++) {
      pace.record(pace.rows, run % 3 === 0 ? 0.2 * pace.rows : 200);
      assert.equal(pace.rows, usual);
    }
  });

  it('slows down where the machine does, and recovers', () => {
    const pace = new RunPace(false);
    prefill(pace, 10, 0, 0.2);
    const usual = pace.rows;
    prefill(pace, 4, 0, 1);
    assert.ok(pace.rows <= usual / 4);
    prefill(pace, 10, 0, 0.2);
    assert.equal(pace.rows, usual);
  });

  it('lets runs that can be interrupted take longer', () => {
    const [blocking, interruptible] = [new RunPace(false), new RunPace(true)];
    prefill(blocking, 10, 0, 0.5);
    prefill(interruptible, 10, 0, 0.5);
    assert.equal(interruptible.rows, 2 * blocking.rows);
  });

  it('lets runs that can be interrupted grow with what would not be lost, up to a bound of rows and time', () => {
    for (const [perRow, most] of [
      [0.5, 128],
      [2, 128],
      [5, 80],
      [50, 16],
    ] as const) {
      const pace = new RunPace(true);
      assert.equal(pace.rowsBehind(1000, 2000), pace.rows);
      prefill(pace, 10, 0, perRow);
      let done = 0;
      for (let run = 0; run < 12; run++) {
        const rows = pace.rowsBehind(done, 2000);
        assert.ok(rows % 2 === 0 && rows <= Math.max(pace.rows, 2 * done), `${rows} behind ${done}`);
        done += rows;
      }
      assert.equal(pace.rowsBehind(done, 2000), most);
      assert.equal(pace.rowsBehind(0, 2000), pace.rows);
    }
    const blocking = new RunPace(false);
    prefill(blocking, 10, 0, 0.5);
    assert.equal(blocking.rowsBehind(1000, 2000), blocking.rows);
  });

  it('does not cut a short request where every run copies the cache', () => {
    const slow = new RunPace(false);
    prefill(slow, 10, 40, 2);
    assert.equal(slow.rows, 4);
    assert.deepEqual(
      [16, 9, 17, 2000].map((left) => slow.rowsBehind(0, left)),
      [16, 16, 4, 4],
    );
    assert.equal(slow.rowsBehind(64, 16), 4, 'the rest of a long prompt');
    const fast = new RunPace(false);
    prefill(fast, 10, 0, 0.5);
    assert.equal(fast.rowsBehind(0, 16), fast.rows);
  });

  it('does not judge rows by short runs, which are mostly overhead', () => {
    const pace = new RunPace(false);
    prefill(pace, 10, 0, 0.2);
    const usual = pace.rows;
    for (let token = 0; token < 20; token++) pace.record(2, 3);
    assert.equal(pace.rows, usual);
  });

  it('only ever asks for even numbers', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0.001, max: 500, noNaN: true })), (times) => {
        const pace = new RunPace(false);
        for (const ms of times) {
          pace.record(pace.rows, ms);
          assert.ok(pace.rows >= 2 && pace.rows % 2 === 0);
        }
      }),
    );
  });
});
