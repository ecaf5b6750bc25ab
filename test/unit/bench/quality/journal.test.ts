import assert from 'node:assert/strict';
import { appendFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Journal } from '../../../bench/quality/journal';
import { BenchError } from '../../../bench/quality/packages';
import type { CompletionTask } from '../../../bench/quality/tasks';

const task = (offset: number): CompletionTask => {
  return {
    package: 'zod', file: 'a.ts', set: 'line', cut: 'name', offset, length: 1, sha256: '', rest: '', lineLength: 1, lineSha256: '',
  } as unknown as CompletionTask; // prettier-ignore
};

describe('the journal of a long measurement', () => {
  let folder: string;
  let file: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'glassbox-journal-'));
    file = path.join(folder, 'journal.jsonl');
  });
  afterEach(() => rm(folder, { recursive: true }));
  const never = (): Promise<never> => Promise.reject(new Error('asked again'));

  it('a second run asks only what the first one did not', async () => {
    const answered = { text: 'x\n\t"', confidence: 0.5 };
    const first = await Journal.open(file, 'm');
    assert.deepEqual(await first.answer('copying', 'line', task(1), () => Promise.resolve(answered)), answered);
    const second = await Journal.open(file, 'm');
    assert.deepEqual(await second.answer('copying', 'line', task(1), never), answered);
    for (const ask of [
      () => second.answer('model', 'line', task(1), never),
      () => second.answer('copying', 'lineOpen', task(1), never),
      () => second.answer('copying', 'line', task(2), never),
    ]) {
      await assert.rejects(ask(), /asked again/);
    }
  });

  it('a line that was cut off counts as not written', async () => {
    await Journal.open(file, 'm');
    await appendFile(file, '["copying\\tline');
    const again = await Journal.open(file, 'm');
    await assert.rejects(again.answer('copying', 'line', task(1), never), /asked again/);
    await again.answer('copying', 'line', task(1), () => Promise.resolve({ text: 'y' }));
    const third = await Journal.open(file, 'm');
    assert.deepEqual(await third.answer('copying', 'line', task(1), never), { text: 'y' });
  });

  it('the journal of another model is refused', async () => {
    await Journal.open(file, 'm');
    await assert.rejects(Journal.open(file, 'other'), BenchError);
  });
});
