import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Deaths, maxConsecutiveDeaths, maxDeathsOverTime } from '../../../../src/ipc/process/backoff';

const minute = 60_000;
const { deaths: limit, withinMs } = maxDeathsOverTime;

describe('deaths of a process', () => {
  it('are followed by a start at once, by a later one, and by none after the third in a row', () => {
    const deaths = new Deaths();
    const followed = [0, 1, 2].map((now) => deaths.add(now, 'signal SIGSEGV'));
    assert.deepEqual(followed, [
      { delayMs: 0 },
      { delayMs: 250 },
      { stopped: 'it ended 3 times in a row, the last time with signal SIGSEGV' },
    ]);
    assert.equal(maxConsecutiveDeaths, 3);
  });

  it('are five within three minutes at most, whatever is served in between', () => {
    const deaths = new Deaths();
    const die = (now: number) => {
      deaths.served();
      return deaths.add(now, 'exit code 1');
    };
    for (const now of [0, 40_000, 80_000, 120_000]) assert.deepEqual(die(now), { delayMs: 0 });
    assert.deepEqual(die(179_999), {
      stopped: 'it ended 5 times within 3 minutes, the last time with exit code 1',
    });
  });

  it('do not stop a process that dies once a minute and serves', () => {
    const deaths = new Deaths();
    for (let now = 0; now < 1_000 * minute; now += minute) {
      assert.deepEqual(deaths.add(now, 'signal SIGKILL'), { delayMs: 0 });
      deaths.served();
    }
  });

  it('count anew after a restart that was asked for', () => {
    const deaths = new Deaths();
    for (let now = 0; now < 3; now++) deaths.add(now, 'exit code 1');
    deaths.forget();
    assert.equal(deaths.inARow, 0);
    assert.deepEqual(deaths.add(4, 'exit code 1'), { delayMs: 0 });
  });

  it('let at most four starts happen in any three minutes', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(withinMs), fc.boolean()), { maxLength: 60 }), (steps) => {
        const deaths = new Deaths();
        const starts: number[] = [];
        let now = 0;
        for (const [passed, served] of steps) {
          now += passed;
          if (served) deaths.served();
          if ('stopped' in deaths.add(now, '')) break;
          starts.push(now);
        }
        return starts.every((first) => starts.filter((at) => at >= first && at - first < withinMs).length < limit);
      }),
    );
  });
});
