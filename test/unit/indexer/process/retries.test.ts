import assert from 'node:assert/strict';
import { mock } from 'node:test';
import { Retries } from '../../../../src/indexer/process/retries';

describe('roots that are tried again', () => {
  beforeEach(() => mock.timers.enable({ apis: ['setTimeout'] }));
  afterEach(() => mock.timers.reset());

  it('are all of those that another process writes, whichever was noted last', () => {
    const again: string[] = [];
    const retries = new Retries((root) => again.push(root), 20);
    for (const root of ['/a', '/b', '/b']) retries.wait(root);
    assert.ok(retries.waits);
    mock.timers.tick(20);
    assert.deepEqual(again.sort(), ['/a', '/b']);
  });

  it('say why they failed until they are up to date, and are tried less and less often', () => {
    const moments: number[] = [];
    let now = 0;
    const retries = new Retries((root) => {
      moments.push(now);
      if (moments.length < 3) retries.fail(root, 'There is no room left.');
      else retries.forget(root);
    }, 40);
    retries.fail('/a', 'There is no room left.');
    assert.equal(retries.trouble, 'There is no room left.');
    assert.equal(retries.waits, false);
    for (now = 1; now <= 400; now++) mock.timers.tick(1);
    assert.equal(retries.trouble, undefined);
    assert.equal(retries.has('/a'), false);
    assert.deepEqual(moments, [40, 40 + 80, 40 + 80 + 160]);
  });

  it('are not tried once they are forgotten', () => {
    let tried = 0;
    const retries = new Retries(() => tried++, 10);
    retries.wait('/a');
    retries.forget('/a');
    mock.timers.tick(50);
    assert.equal(tried, 0);
  });
});
