import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { Retries } from '../../../../src/indexer/process/retries';

describe('roots that are tried again', () => {
  it('are all of those that another process writes, whichever was noted last', async () => {
    const again: string[] = [];
    const retries = new Retries((root) => again.push(root), 20);
    for (const root of ['/a', '/b', '/b']) retries.wait(root);
    assert.ok(retries.waits);
    await sleep(100);
    assert.deepEqual(again.sort(), ['/a', '/b']);
  });

  it('say why they failed until they are up to date, and are tried less and less often', async () => {
    const moments: number[] = [];
    const began = performance.now();
    const retries = new Retries((root) => {
      moments.push(performance.now() - began);
      if (moments.length < 3) retries.fail(root, 'There is no room left.');
      else retries.forget(root);
    }, 40);
    retries.fail('/a', 'There is no room left.');
    assert.equal(retries.trouble, 'There is no room left.');
    assert.equal(retries.waits, false);
    while (retries.has('/a')) await sleep(5);
    assert.equal(retries.trouble, undefined);
    const [first = 0, second = 0, third = 0] = moments;
    assert.ok(first >= 35 && second - first >= 75 && third - second >= 155, moments.join(', '));
  });

  it('are not tried once they are forgotten', async () => {
    let tried = 0;
    const retries = new Retries(() => tried++, 10);
    retries.wait('/a');
    retries.forget('/a');
    await sleep(50);
    assert.equal(tried, 0);
  });
});
