import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ChosenModels } from '../../../src/host/chosenModels';

describe('ChosenModels', () => {
  const folder = mkdtempSync(join(tmpdir(), 'glassbox-chosen-'));
  after(() => rmSync(folder, { recursive: true }));

  function memory() {
    const values = new Map<string, unknown>();
    const update = (key: string, value: unknown) => Promise.resolve(void values.set(key, value));
    return { get: (key: string) => values.get(key), update };
  }

  it('knows when a file has gone that was chosen, and of no other', async () => {
    const chosen = new ChosenModels(memory());
    const path = join(folder, 'blob');
    writeFileSync(path, '');
    await chosen.remember(path, 'qwen:0.5b');
    assert.deepEqual([chosen.label(path), chosen.isGone(path)], ['qwen:0.5b', false]);
    rmSync(path);
    assert.equal(chosen.isGone(path), true);
    assert.deepEqual([chosen.isGone(''), chosen.isGone(join(folder, 'typed'))], [false, false]);
  });

  it('forgets what lies far back, and does without a damaged memory', async () => {
    const chosen = new ChosenModels(memory());
    for (let one = 0; one < 30; one++) await chosen.remember(`/${one}`, `${one}`);
    assert.deepEqual([chosen.label('/9'), chosen.label('/10')], [undefined, '10']);
    assert.equal(new ChosenModels({ get: () => 'nonsense', update: () => Promise.resolve() }).label('/1'), undefined);
  });
});
