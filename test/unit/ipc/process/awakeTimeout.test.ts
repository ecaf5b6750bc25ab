import assert from 'node:assert/strict';
import { mock } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { MessageChannel } from 'node:worker_threads';
import { awakeTimeout } from '../../../../src/ipc/process/awakeTimeout';

function block(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}

describe('timeout of a thread that may be held up', () => {
  it('calls back after as long as was said, of a thread that is never held up', () => {
    mock.timers.enable({ apis: ['setTimeout'] });
    try {
      let called = 0;
      awakeTimeout(200, () => called++);
      // In steps: a timer that a timer sets begins where the clock stands then.
      for (let passed = 10; passed < 200; passed += 10) mock.timers.tick(10);
      assert.equal(called, 0);
      mock.timers.tick(10);
      assert.equal(called, 1);
    } finally {
      mock.timers.reset();
    }
  });

  it('does not count the time in which the thread was blocked, so that answers are heard first', async () => {
    const { port1, port2 } = new MessageChannel();
    const heard: string[] = [];
    port1.on('message', () => heard.push('answer'));
    const over = new Promise<void>(
      (resolve) =>
        void awakeTimeout(200, () => {
          heard.push('timeout');
          resolve();
        }),
    );
    await sleep(10);
    port2.postMessage('');
    block(1_000);
    await over;
    port1.close();
    assert.deepEqual(heard, ['answer', 'timeout']);
  });

  it('is not called once it was ended, also between two slices', async () => {
    let called = 0;
    const stop = awakeTimeout(40, () => called++);
    await sleep(15);
    stop();
    await sleep(80);
    assert.equal(called, 0);
  });
});
