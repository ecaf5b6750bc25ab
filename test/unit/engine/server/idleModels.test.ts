import assert from 'node:assert/strict';
import { IdleModels } from '../../../../src/engine/server/idleModels';
import { until } from '../../../support/engine';

function idleModels(limitMs: number) {
  const closed: string[] = [];
  const lines: string[] = [];
  const storeOf = (paths: string[], name = '') => ({
    paths,
    close: (path: string) => {
      if (paths.includes(path)) closed.push(name + path);
      return Promise.resolve();
    },
  });
  const stores = [storeOf(['/a', '/b']), storeOf(['/a'], 'inside')];
  return { idle: new IdleModels(stores, limitMs, (line) => lines.push(line)), closed, lines };
}

describe('models that nobody uses', () => {
  it('are closed after a while, and that is said', async () => {
    const { idle, closed, lines } = idleModels(5);
    idle.note(1);
    idle.note(0);
    assert.deepEqual(closed, []);
    await until(() => closed.length > 0);
    assert.deepEqual(closed, ['/a', '/b', 'inside/a']);
    assert.equal(lines.length, 1);
  });

  it('stay open while there are requests, and for ever where that is wanted', async () => {
    const busy = idleModels(5);
    busy.idle.note(0);
    busy.idle.note(1);
    const eternal = idleModels(0);
    eternal.idle.note(0);
    await new Promise((resolve) => setTimeout(resolve, 30));
    assert.deepEqual([busy.closed, eternal.closed], [[], []]);
  });

  it('are closed at once to be opened anew, but not under a request', () => {
    const { idle, closed } = idleModels(0);
    idle.note(1);
    idle.renew('/a');
    assert.deepEqual(closed, []);
    idle.note(0);
    assert.deepEqual(closed, ['/a', 'inside/a']);
    idle.renew('/b');
    assert.deepEqual(closed, ['/a', 'inside/a', '/b']);
  });
});
