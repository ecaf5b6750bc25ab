import assert from 'node:assert/strict';
import { PackingQueue } from '../../../../src/engine/packing/queue';
import type { PackedSubject } from '../../../../src/engine/weightCache/packedGraphKey';
import { until } from '../../../support/engine';

const subject = (graph: string): PackedSubject => ({ model: '/models', graph, form: 'inPlace' });

describe('packing weights aside', () => {
  it('is done in a pause, one model after the other, each once', async () => {
    const lines: string[] = [];
    let under = 0;
    const queue = new PackingQueue(
      async ({ graph }) => {
        assert.equal(++under, 1);
        await new Promise((resolve) => setImmediate(resolve));
        under--;
        return `packed ${graph}`;
      },
      (line) => lines.push(line),
      1,
    );
    queue.note(1);
    for (const graph of ['a', 'b', 'a']) queue.add(subject(graph));
    await new Promise((resolve) => setTimeout(resolve, 20));
    assert.deepEqual(lines, [], 'somebody waits for something');
    queue.note(0);
    await until(() => lines.length === 2);
    queue.add(subject('b'));
    queue.add(subject('c'));
    await until(() => lines.length === 3);
    assert.deepEqual(lines, ['packed a', 'packed b', 'packed c']);
  });

  it('goes on with the next model where one fails, and says why', async () => {
    const lines: string[] = [];
    const queue = new PackingQueue(
      ({ graph }) => (graph === 'a' ? Promise.reject(new Error('the disk is full')) : Promise.resolve('packed')),
      (line) => lines.push(line),
      1,
    );
    queue.add(subject('a'));
    queue.add(subject('b'));
    await until(() => lines.length === 2);
    assert.deepEqual(lines, ['The weights of a are packed anew at every opening: the disk is full.', 'packed']);
  });
});
