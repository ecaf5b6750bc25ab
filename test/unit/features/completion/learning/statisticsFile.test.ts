import assert from 'node:assert/strict';
import { readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fold, noStatistics, withoutJudgements } from '../../../../../src/features/completion/learning/statistics';
import { StatisticsFile } from '../../../../../src/features/completion/learning/statisticsFile';
import { makeFolder } from '../../../../support/folder';

const one = fold(noStatistics(), {
  kind: 'outcome',
  languageId: 'go',
  fate: 'taken',
  words: 0,
  lines: 0,
  keysSaved: 7,
});

describe('the file with the numbers of suggestions', () => {
  let folder = '';
  beforeEach(() => (folder = makeFolder()));
  afterEach(() => rm(folder, { recursive: true }));
  const path = () => join(folder, 'shared', 'suggestions.json');

  it('is made with its folder, and holds what was added', async () => {
    const file = new StatisticsFile(path());
    assert.deepEqual(await file.read(), noStatistics());
    await file.add(one);
    assert.equal((await file.add(one)).languages.go!.taken, 2);
    assert.equal((await new StatisticsFile(path()).read()).languages.go!.keysSaved, 14);
    assert.deepEqual(await readdir(join(folder, 'shared')), ['suggestions.json']);
  });

  it('loses nothing where many windows write at once', async () => {
    const windows = Array.from({ length: 8 }, () => new StatisticsFile(path()));
    await Promise.all(windows.flatMap((window) => [window.add(one), window.add(one)]));
    assert.equal((await windows[0]!.read()).languages.go!.taken, 16);
  });

  it('is changed and removed', async () => {
    const file = new StatisticsFile(path());
    await file.add(fold(one, { kind: 'judged', languageId: 'go', confidence: 0.5, right: true }));
    await file.change(withoutJudgements);
    assert.equal((await file.read()).languages.go!.judged.includes(1), false);
    await file.remove();
    await file.remove();
    assert.deepEqual(await readdir(join(folder, 'shared')), []);
  });

  it('is begun anew where it is damaged, and left alone where a newer version has written it', async () => {
    const file = new StatisticsFile(path());
    await file.add(one);
    for (const damaged of ['', '{"version":1', '[]', JSON.stringify({ ...one, languages: { 'a b': 1 } })]) {
      await writeFile(path(), damaged);
      assert.deepEqual(await file.read(), noStatistics(), damaged);
      assert.equal((await file.add(one)).languages.go!.taken, 1, damaged);
    }
    await writeFile(path(), '{"version":2,"more":true}');
    assert.deepEqual(await file.read(), noStatistics());
    await assert.rejects(file.add(one), /newer version/);
    assert.equal(await readFile(path(), 'utf8'), '{"version":2,"more":true}');
  });

  it('takes over from a process that has ended while it wrote', async () => {
    const file = new StatisticsFile(path());
    await file.add(one);
    await writeFile(`${path()}.lock`, '');
    await utimes(`${path()}.lock`, new Date(0), new Date(0));
    assert.equal((await file.add(one)).languages.go!.taken, 2);
  });
});
