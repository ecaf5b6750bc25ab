import assert from 'node:assert/strict';
import { Snooze } from '../../../src/host/snooze';

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
