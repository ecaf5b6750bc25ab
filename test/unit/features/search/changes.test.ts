import assert from 'node:assert/strict';
import { mock } from 'node:test';
import { Changes } from '../../../../src/features/search/changes';

describe('changes of files', () => {
  let told: [string, string[] | undefined][];
  let changes: Changes;
  /** Lets what was promised happen, then time pass. */
  const pass = async (milliseconds: number): Promise<void> => {
    mock.timers.tick(milliseconds);
    for (let turn = 0; turn < 5; turn++) await Promise.resolve();
  };
  const untold = () => told.splice(0);

  beforeEach(() => {
    mock.timers.enable({ apis: ['setTimeout'] });
    told = [];
    changes = new Changes({
      tell: (root, paths) => told.push([root, paths]),
      isFolder: (_, path) => Promise.resolve(!path.includes('.')),
    });
  });
  afterEach(() => {
    changes.dispose();
    mock.timers.reset();
  });

  it('are told together once it is quiet, by root', async () => {
    changes.note('/a', 'x.ts', false);
    await pass(200);
    changes.note('/a', 'y.ts', true);
    changes.note('/b', 'z.ts', false);
    changes.note('/b', '.git/index', false);
    await pass(200);
    assert.deepEqual(told, []);
    await pass(200);
    assert.deepEqual(untold(), [
      ['/a', ['x.ts', 'y.ts']],
      ['/b', ['z.ts']],
    ]);
    await pass(60_000);
    assert.deepEqual(told, []);
  });

  it('are looked for again in new folders, and nowhere else', async () => {
    changes.note('/a', 'new', true);
    changes.note('/a', 'old', false);
    changes.note('/a', 'file.ts', true);
    await pass(300);
    assert.deepEqual(untold(), [['/a', ['new', 'old', 'file.ts']]]);
    await pass(2_000);
    assert.deepEqual(untold(), [['/a', ['new']]]);
    await pass(6_000);
    assert.deepEqual(untold(), [['/a', ['new']]]);
    await pass(60_000);
    assert.deepEqual(told, []);
  });

  it('are not listed where they are too many, neither then nor when they are looked for again', async () => {
    for (let count = 0; count < 3_000; count++) changes.note('/a', `new${count}`, true);
    await pass(300);
    await pass(2_000);
    assert.deepEqual(untold(), [
      ['/a', undefined],
      ['/a', undefined],
    ]);
  });

  it('are forgotten with their root', async () => {
    changes.note('/a', 'new', true);
    await pass(300);
    changes.forget('/a');
    changes.note('/b', 'new', true);
    await pass(300);
    untold();
    await pass(2_000);
    assert.deepEqual(untold(), [['/b', ['new']]]);
    changes.dispose();
    await pass(60_000);
    assert.deepEqual(told, []);
  });
});
