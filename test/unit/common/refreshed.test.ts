import assert from 'node:assert/strict';
import { Refreshed } from '../../../src/common/refreshed';

describe('what is found out anew now and then', () => {
  let now: number;
  let attempts: PromiseWithResolvers<string>[];
  let found: Refreshed<string>;
  const settled = () => new Promise(setImmediate);

  beforeEach(() => {
    [now, attempts] = [0, []];
    found = new Refreshed(
      'first',
      () => {
        const attempt = Promise.withResolvers<string>();
        attempts.push(attempt);
        return attempt.promise;
      },
      30_000,
      () => now,
    );
  });

  it('is looked for by one attempt at a time, however long that takes, and not again for a while from its end on', async () => {
    for (; now < 300_000; now += 10_000) assert.equal(found.last, 'first');
    assert.equal(attempts.length, 1);
    attempts[0]!.resolve('second');
    await settled();
    for (const end = now + 30_000; now <= end; now += 10_000) assert.equal(found.last, 'second');
    assert.equal(attempts.length, 1);
    assert.equal(found.last, 'second');
    assert.equal(attempts.length, 2);
  });

  it('is waited for where all of it is wanted', async () => {
    const whole = found.whole();
    attempts[0]!.resolve('second');
    assert.equal(await whole, 'second');
    assert.equal(await found.whole(), 'second');
    assert.equal(attempts.length, 1);
  });

  it('stays as it was where it cannot be found', async () => {
    const whole = found.whole();
    attempts[0]!.reject(new Error('EIO'));
    assert.equal(await whole, 'first');
    now += 30_001;
    assert.equal(found.last, 'first');
    assert.equal(attempts.length, 2);
  });
});
