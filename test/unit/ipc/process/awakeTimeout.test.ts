import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { MessageChannel } from 'node:worker_threads';
import { awakeTimeout } from '../../../../src/ipc/process/awakeTimeout';

function block(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}

describe('timeout of a thread that may be held up', () => {
  it('calls back after about as long as was said', async () => {
    const began = performance.now();
    await new Promise<void>((resolve) => void awakeTimeout(200, resolve));
    assert.ok(performance.now() - began >= 195);
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
