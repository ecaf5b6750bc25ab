import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ThreadMemory } from '../../../../src/engine/machine/threadMemory';
import { minGoodThreads, threadCandidates, threadCount } from '../../../../src/engine/machine/threads';
import { until } from '../../../support/engine';

describe('number of threads', () => {
  it('is what the user asked for', () => {
    assert.equal(threadCount(3, 64), 3);
    assert.equal(threadCount(3, 64, 1), 3);
  });

  it('is all of a few processors, half of many, and at most eight', () => {
    assert.deepEqual(
      [1, 2, 4, 6, 8, 12, 16, 64].map((processors) => threadCount(0, processors)),
      [1, 2, 4, 4, 4, 6, 8, 8],
    );
  });

  it('is what was measured, within what there is', () => {
    assert.equal(threadCount(0, 8, 2), 2);
    assert.equal(threadCount(0, 2, 4), 2);
  });

  it('is measured with powers of two and the most there may be', () => {
    assert.deepEqual([1, 2, 3, 6, 8, 64].map(threadCandidates), [
      [1],
      [1, 2],
      [1, 2, 3],
      [1, 2, 4, 6],
      [1, 2, 4, 8],
      [1, 2, 4, 8],
    ]);
  });

  it('is the fewest beyond which more save next to nothing', () => {
    assert.equal(
      minGoodThreads(
        new Map([
          [1, 10],
          [2, 5.5],
          [4, 4],
          [8, 3.9],
        ]),
      ),
      4,
    );
    assert.equal(
      minGoodThreads(
        new Map([
          [1, 10],
          [2, 12],
        ]),
      ),
      1,
    );
    assert.equal(
      minGoodThreads(
        new Map([
          [1, 10],
          [2, 9.8],
        ]),
      ),
      1,
    );
  });
});

describe('the measured number of threads', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'threads-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const times = new Map([
    [1, 10],
    [2, 5],
  ]);

  it('is measured in a pause, once, and known to the next process', async () => {
    let measured = 0;
    const time = (counts: readonly number[]) => {
      measured++;
      assert.deepEqual(counts, [1, 2]);
      return Promise.resolve(times);
    };
    const memory = new ThreadMemory(folder, 2, time, 1);
    memory.note(1);
    memory.note(0);
    await until(() => memory.best === 2);
    memory.note(0);
    await new Promise((resolve) => setTimeout(resolve, 10));
    assert.equal(measured, 1);
    assert.equal(new ThreadMemory(folder, 2, time, 1).best, 2);
    assert.equal(new ThreadMemory(folder, 4, time, 1).best, undefined, 'another machine');
  });

  it('is given up for a request, and measured in the next pause', async () => {
    let asked = 0;
    const memory = new ThreadMemory(
      folder,
      2,
      (_, isWanted) => {
        if (asked++ === 0) memory.note(1);
        return Promise.resolve(isWanted() ? times : undefined);
      },
      1,
    );
    memory.note(0);
    await until(() => asked === 1);
    assert.equal(memory.best, undefined);
    memory.note(0);
    await until(() => memory.best === 2);
  });

  it('is not there where the file is damaged, the measurement fails or nothing is kept', async () => {
    writeFileSync(join(folder, 'threads.json'), '{"format": 1, "thr');
    let failed = false;
    const memory = new ThreadMemory(
      folder,
      2,
      () => {
        failed = true;
        return Promise.reject(new Error('no'));
      },
      1,
    );
    memory.note(0);
    await until(() => failed);
    assert.equal(memory.best, undefined);
    new ThreadMemory(undefined, 2, () => assert.fail('nothing to keep it in'), 0).note(0);
    new ThreadMemory(join(folder, 'single'), 1, () => assert.fail('nothing to choose'), 0).note(0);
    await new Promise((resolve) => setTimeout(resolve, 10));
    assert.ok(!existsSync(join(folder, 'single')));
  });
});
