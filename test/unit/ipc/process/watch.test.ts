import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Watch } from '../../../../src/ipc/process/watch';
import type { Signs, Usage } from '../../../../src/ipc/process/watch';

const limits = { name: 'main thread', silentS: 10 };
const noUsage = (): Usage => assert.fail('asked for what nobody needs');

/** Seconds of one thread, until it is taken to hang. @returns when, and why */
function hangsAfter(seconds: number, at: (second: number) => Partial<Signs & Usage>, watch = new Watch(limits, 2)) {
  for (let second = 1; second <= seconds; second++) {
    const { beats = second, announced = 0, bytesRead = 0, processorMs = 0 } = at(second);
    const why = watch.second({ beats, announced }, () => ({ bytesRead, processorMs }));
    if (why !== undefined) return { second, why };
  }
  return undefined;
}

describe('watch over a thread', () => {
  it('lets a thread live that beats, however slowly, within its limit', () => {
    assert.equal(
      hangsAfter(1_000, (second) => ({ beats: 1 + Math.floor(second / 9) })),
      undefined,
    );
  });

  it('finds one that is silent for as long as its limit says', () => {
    assert.deepEqual(
      hangsAfter(100, (second) => ({ beats: Math.min(second, 20) })),
      { second: 30, why: 'its main thread did not answer for 10 s' },
    );
  });

  it('does not judge a thread that has not begun', () => {
    assert.equal(
      hangsAfter(1_000, () => ({ beats: 0 })),
      undefined,
    );
  });

  it('counts anew when it was held up itself', () => {
    const watch = new Watch(limits, 2);
    const silent: Signs = { beats: 1, announced: 0 };
    for (let second = 0; second < 100; second++) {
      if (second % 9 === 8) watch.forgive();
      assert.equal(watch.second(silent, noUsage), undefined);
    }
  });

  describe('with an announced call', () => {
    const inCall = { beats: 1, announced: 1 };

    it('lets it take any time while something is read', () => {
      assert.equal(
        hangsAfter(10_000, (second) => ({ ...inCall, bytesRead: Math.floor(second / 50), processorMs: 0 })),
        undefined,
      );
    });

    it('ends it where nothing is read and nothing calculated for a minute', () => {
      const found = hangsAfter(200, (second) => ({ ...inCall, bytesRead: Math.min(second, 30) }));
      assert.deepEqual(found, {
        second: 90,
        why: 'what it opens or packs was neither read nor calculated for 60 s',
      });
    });

    it('ends it where it calculates on all processors for two minutes and reads nothing', () => {
      const found = hangsAfter(200, (second) => ({ ...inCall, processorMs: second * 2_000 }));
      assert.equal(found?.second, 121);
      assert.match(found.why, /took 240 s of processor time without reading anything/);
    });

    it('is silent for no time when it is over', () => {
      assert.equal(
        hangsAfter(63, (second) => (second < 55 ? { ...inCall, processorMs: second * 500 } : { beats: 1 })),
        undefined,
      );
    });
  });

  it('never takes a thread to hang that beats at least once within the limit', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: limits.silentS }), { maxLength: 50 }), (gaps) => {
        const watch = new Watch(limits, 2);
        return gaps.every((gap, beat) =>
          Array.from({ length: gap }).every(
            () => watch.second({ beats: beat + 1, announced: 0 }, noUsage) === undefined,
          ),
        );
      }),
    );
  });
});
