import assert from 'node:assert/strict';
import type { AskingServer } from '../../../bench/server/asking';
import { Cost } from '../../../bench/server/asking';
import { figuresOf } from '../../../bench/server/team';
import type { Clock } from '../../../bench/server/typist';
import { Keys, typeAway } from '../../../bench/server/typist';
import type { Contender } from '../../../bench/typing/contenders';
import type { EditMoment } from '../../../bench/typing/edits';

const wanted = 'const a = b;\n';
const moments = Array.from({ length: 12 }, (_, at): EditMoment => ({
  document: 'a.ts', kind: 'type', prefix: wanted.slice(0, at + 1), suffix: '\n', wanted, pauseMs: 1_000,
})); // prettier-ignore

/** A clock on which nobody waits; what is there at once is there before any time has passed. */
function clockOf(): Clock {
  let time = 0;
  return {
    now: () => time,
    sleep: async (ms) => {
      await new Promise((resolve) => setImmediate(resolve));
      time += ms;
    },
  };
}

describe('a person who types at human pace in the benchmark', () => {
  const cost = new Cost();
  const type = (contender: Contender): Promise<Keys> =>
    typeAway({
      contender,
      server: { cost } as unknown as AskingServer,
      changes: [moments],
      asking: (path) => ({ model: 'm', path, mode: 'line', minimumConfidence: 0 }),
      // One key is typed: the change is reached after 600 milliseconds, and the next key comes after another 1,000.
      end: 700,
      clock: clockOf(),
    });

  it('takes what is shown and right, and does not type it', async () => {
    const keys = await type({
      delayMs: 0,
      suggest: ({ prefix }) => Promise.resolve({ text: wanted.trimEnd().slice(prefix.length) } as Awaited<ReturnType<Contender['suggest']>>),
    }); // prettier-ignore
    assert.deepEqual([keys.keys, keys.inTime, keys.adopted, keys.taken, keys.saved], [1, 1, 1, 1, 10]);
  });

  it('goes on where no answer comes, and counts what fails', async () => {
    const late = await type({ delayMs: 0, suggest: () => new Promise(() => undefined) });
    assert.deepEqual([late.inTime, late.taken, late.failed], [0, 0, 0]);
    const failed = await type({ delayMs: 0, suggest: () => Promise.reject(new Error('gone')) });
    assert.deepEqual([failed.failed, failed.inTime], [1, 0]);
  });

  it('does not ask where the next key comes before that', async () => {
    const keys = await type({ delayMs: 2_000, suggest: () => assert.fail() });
    assert.deepEqual([keys.keys, keys.unasked], [1, 1]);
  });

  it('comes to figures a key', () => {
    const keys = new Keys();
    Object.assign(keys, { keys: 4, inTime: 2, adopted: 1, saved: 4 });
    const spent = new Cost();
    Object.assign(spent, { requests: 2, characters: 40, toldCharacters: 40, toldTokens: 10, newTokens: 5 });
    const found = figuresOf(keys, spent);
    assert.deepEqual(
      [found.in_time_share, found.adopted_share, found.requests_per_key, found.tokens_per_key, found.new_tokens_of_told, found.keys_saved_share],
      [0.5, 0.25, 0.5, 2.5, 0.5, 0.5],
    ); // prettier-ignore
  });
});
