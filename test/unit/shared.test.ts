import assert from 'node:assert/strict';
import { BoundedMap } from '../../src/common/boundedMap';
import { Snooze } from '../../src/host/snooze';

describe('a bounded map', () => {
  it('forgets what was set longest ago', () => {
    const map = new BoundedMap<string, number>(2);
    map.set('a', 1);
    map.set('b', 2);
    map.set('a', 3);
    map.set('c', 4);
    assert.deepEqual(map.newestFirst(), [['c', 4], ['a', 3]]);
    assert.equal(map.get('b'), undefined);
    assert.equal(map.size, 2);
  });
});

describe('a snooze', () => {
  it('ends by itself or when told to', () => {
    let now = 1_000;
    const snooze = new Snooze(() => now);
    let told = 0;
    snooze.onDidChange(() => told++);
    assert.equal(snooze.until, undefined);
    snooze.start(5);
    assert.equal(snooze.until, 301_000);
    now = 301_000;
    assert.equal(snooze.until, undefined);
    snooze.start(15);
    snooze.resume();
    assert.equal(snooze.until, undefined);
    assert.equal(told, 3);
    snooze.dispose();
  });

  it('says so when its time is over', async () => {
    const snooze = new Snooze();
    const ended = new Promise<void>((resolve) => {
      snooze.onDidChange(() => {
        if (snooze.until === undefined) resolve();
      });
    });
    snooze.start(0.02 / 60);
    assert.notEqual(snooze.until, undefined);
    await ended;
  });
});
