import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeModelFolder } from '../../../../src/engine/assemble/writeFolder';
import { EngineError } from '../../../../src/ipc/engine/errors';
import { makeFolder } from '../../../support/folder';

const fill = (content: string) => async (folder: string) => {
  await writeFile(join(folder, 'model.onnx'), content);
  return { name: 'little' };
};

describe('a model folder that is written', () => {
  it('lists its files with their checksums', async () => {
    const target = join(makeFolder(), 'deep', 'model');
    await writeModelFolder(target, fill('graph'));
    const sha256 = createHash('sha256').update('graph').digest('hex');
    assert.deepEqual(JSON.parse(readFileSync(join(target, 'glassbox.json'), 'utf8')), {
      format: 1,
      name: 'little',
      files: [{ path: 'model.onnx', bytes: 5, sha256 }],
    });
  });

  it('takes the place of an older one, or of an empty folder', async () => {
    const folder = makeFolder({ 'old/glassbox.json': '{}', 'old/rest.bin': '' });
    mkdirSync(join(folder, 'empty'));
    for (const name of ['old', 'empty']) {
      await writeModelFolder(join(folder, name), fill('graph'));
      assert.deepEqual(readdirSync(join(folder, name)).sort(), ['glassbox.json', 'model.onnx']);
    }
  });

  it('does not take the place of anything else', async () => {
    const folder = makeFolder({ 'work/notes.txt': 'mine', file: '' });
    for (const name of ['work', 'file'])
      await assert.rejects(writeModelFolder(join(folder, name), fill('graph')), {
        name: 'EngineError',
        code: 'invalid',
      });
    assert.equal(readFileSync(join(folder, 'work/notes.txt'), 'utf8'), 'mine');
    assert.deepEqual(readdirSync(folder).sort(), ['file', 'work']);
  });

  it('leaves the older one, and nothing else, where it cannot be made', async () => {
    const folder = makeFolder({ 'old/glassbox.json': '{"old": true}' });
    const failure = new EngineError('modelInvalid', 'No.');
    await assert.rejects(
      writeModelFolder(join(folder, 'old'), async (temporary) => {
        await fill('graph')(temporary);
        throw failure;
      }),
      failure,
    );
    assert.deepEqual(readdirSync(folder), ['old']);
    assert.equal(readFileSync(join(folder, 'old/glassbox.json'), 'utf8'), '{"old": true}');
  });

  it('says in one sentence that the disk does not take it', async () => {
    const folder = makeFolder();
    const full = Object.assign(new Error('ENOSPC: no space left on device, write'), { syscall: 'write' });
    await assert.rejects(
      writeModelFolder(join(folder, 'model'), () => Promise.reject(full)),
      { name: 'EngineError', code: 'runtime', message: /^[^\n]*ENOSPC[^\n]*\.$/ },
    );
    writeFileSync(join(folder, 'file'), '');
    await assert.rejects(writeModelFolder(join(folder, 'file', 'model'), fill('')), { name: 'EngineError' });
  });
});
