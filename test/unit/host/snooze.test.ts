import assert from 'node:assert/strict';
import { Snooze } from '../../../src/host/snooze';

/** An editor that notes what it is told. */
function setUp(now?: () => number) {
  const told: (number | 'end')[] = [];
  const snooze = new Snooze(
    {
      begin: (minutes) => Promise.resolve(told.push(minutes)),
      end: () => Promise.resolve(told.push('end')),
    },
    now,
  );
  return { snooze, told };
}

describe('a snooze', () => {
  it("is the editor's, and ends by itself or when told to", async () => {
    let now = 1_000;
    const { snooze, told } = setUp(() => now);
    let changes = 0;
    snooze.onDidChange(() => changes++);
    assert.equal(snooze.until, undefined);
    await snooze.start(5);
    assert.equal(snooze.until, 301_000);
    now = 301_000;
    assert.equal(snooze.until, undefined);
    await snooze.start(15);
    await snooze.resume();
    assert.equal(snooze.until, undefined);
    await snooze.start(0);
    assert.deepEqual(told, [5, 15, 'end', 'end']);
    assert.equal(changes, 4);
    snooze.dispose();
  });

  it('is over once the editor asks by itself again', async () => {
    const { snooze, told } = setUp();
    await snooze.start(5);
    let changes = 0;
    snooze.onDidChange(() => changes++);
    snooze.noteAsked();
    snooze.noteAsked();
    assert.equal(snooze.until, undefined);
    assert.deepEqual(told, [5]);
    assert.equal(changes, 1);
  });

  it('is not there where the editor refuses', async () => {
    const refusing = { begin: () => Promise.reject(new Error('no such command')), end: () => Promise.resolve() };
    const snooze = new Snooze(refusing);
    await assert.rejects(snooze.start(5));
    assert.equal(snooze.until, undefined);
  });

  it('says so when its time is over', async () => {
    const { snooze } = setUp();
    const ended = new Promise<void>((resolve) => {
      snooze.onDidChange(() => {
        if (snooze.until === undefined) resolve();
      });
    });
    await snooze.start(0.02 / 60);
    await ended;
  });
});
