import assert from 'node:assert/strict';
import { Pause } from '../../../../src/indexer/process/pause';

describe('a pause', () => {
  const pause = new Pause();
  const over = (): Promise<void> | undefined => pause.over;
  const isOn = (): boolean => pause.isOn;

  it('is none unless it has begun, whatever is woken', () => {
    pause.wake();
    pause.renew();
    assert.deepEqual([isOn(), over()], [false, undefined]);
  });

  it('is waited for until it is over, and lasts for what begins after something was woken to end', async () => {
    pause.begin();
    const first = over();
    pause.begin();
    assert.equal(over(), first);
    pause.wake();
    await first;
    assert.ok(isOn());
    pause.renew();
    let hasEnded = false;
    const second = over()?.then(() => (hasEnded = true));
    await new Promise(setImmediate);
    assert.deepEqual([isOn(), hasEnded], [true, false]);
    pause.end();
    await second;
    assert.deepEqual([isOn(), over(), hasEnded], [false, undefined, true]);
  });
});
