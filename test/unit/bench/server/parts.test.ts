import assert from 'node:assert/strict';
import { runParts } from '../../../bench/server/parts';
import type { Part } from '../../../bench/server/parts';

const never = new Promise<void>(() => {});

/** What is taken down of parts that have 20 ms each and 10 ms more to end. */
async function ran(...runs: Part['run'][]): Promise<{ found: Record<string, number>; failures: string[] }> {
  const found: Record<string, number> = {};
  const failures: string[] = [];
  const parts = runs.map((run, at) => ({ name: `p${at}`, seconds: 0.02, run }));
  const note = (figures: Readonly<Record<string, number>>): void => void Object.assign(found, figures);
  await runParts(parts, note, (sentence) => Promise.resolve(void failures.push(sentence)), 10);
  return { found, failures };
}

describe('bench/server/parts', () => {
  it('takes down what parts measure, how long they took, and that they came to their end', async () => {
    const { found, failures } = await ran(
      (note) => note({ a: 1 }),
      (note) => note({ b: 2 }),
    );
    assert.deepEqual([found.a, found.b, found.p0_part_ended, found.p1_part_ended], [1, 2, 1, 1]);
    assert.ok((found.p1_part_s ?? NaN) < 1);
    assert.deepEqual(failures, []);
  });

  it('goes on behind a part that never ends, and takes down nothing of it any more', async () => {
    let late = (): void => undefined;
    const { found, failures } = await ran(
      (note) => {
        note({ early: 1 });
        late = () => note({ late: 1 });
        return never;
      },
      (note) => note({ next: 1 }),
    );
    late();
    assert.deepEqual([found.early, found.late, found.next, found.p0_part_ended], [1, undefined, 1, 0]);
    assert.deepEqual(failures, ['p0: not done in 0.02 s.']);
  });

  it('tells a part that its time is over, and says so where it then ends', async () => {
    const { found, failures } = await ran(async (note, signal) => {
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      note({ done: 3 });
    });
    assert.deepEqual([found.done, found.p0_part_ended], [3, 0]);
    assert.deepEqual(failures, ['p0: ended after its 0.02 s.']);
  });

  it('goes on behind a part that fails', async () => {
    const { found, failures } = await ran(
      () => Promise.reject(new Error('It is gone.')),
      (note) => note({ next: 1 }),
    );
    assert.deepEqual([found.next, found.p0_part_ended], [1, 0]);
    assert.deepEqual(failures, ['p0: It is gone.']);
  });
});
