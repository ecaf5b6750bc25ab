import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readTasks } from '../../src/features/models/tasks';
import { tryModel } from '../../src/features/models/trial';
import type { EngineError } from '../../src/ipc/engine/errors';
import type { EngineClient } from '../../src/ipc/engine/client';
import { embeddedModel, startEngine } from '../support/engine';
import { unpackFamily } from '../support/families';
import { root } from '../support/paths';

describe('models on this disk', () => {
  const place = mkdtempSync(join(tmpdir(), 'glassbox-trial-'));
  let client: EngineClient;
  before(() => void ({ client } = startEngine({ background: true, cache: join(place, 'cache') })));
  after(() => {
    client.dispose();
    rmSync(place, { recursive: true, force: true });
  });

  it('are described by their headers, or refused in one sentence', async () => {
    const describeOf = (path: string) => client.request('describe', { path }, { priority: 'index' });
    const gguf = await describeOf(join(await unpackFamily('gguf-llama'), 'model.gguf'));
    assert.deepEqual([gguf.format, gguf.role, gguf.architecture], ['gguf', 'decoder', 'llama']);
    const encoder = await describeOf(await unpackFamily('bert'));
    assert.deepEqual([encoder.role, encoder.fillsInTheMiddle], ['encoder', false]);
    const cut = join(place, 'sha256-cut');
    writeFileSync(cut, 'GGUF');
    await assert.rejects(describeOf(cut), (error: EngineError) => error.code === 'modelInvalid' && error.message.includes(cut));
    await assert.rejects(describeOf(join(place, 'gone')), { code: 'modelMissing' });
    assert.deepEqual((await client.request('status', {}, { priority: 'index' })).models, []);
  }); // prettier-ignore

  // Time stands still, so that the number of tasks is the same on every machine.
  const options = { signal: new AbortController().signal, now: () => 0 };

  it('are tried: decoders by lines, whatever the length of their context', async () => {
    const tasks = (await readTasks(root)).slice(0, 2);
    for (const model of [embeddedModel, join(await unpackFamily('gguf-llama'), 'model.gguf')]) {
      const figures = await tryModel(client, model, tasks, options);
      assert.equal(figures.exact?.of, 2);
      assert.ok(figures.residentBytes > 1e7 && figures.loadMs > 0 && (figures.readPerSecond ?? 0) > 0);
    }
  });

  it('are tried: encoders by texts', async () => {
    const figures = await tryModel(client, await unpackFamily('bert'), (await readTasks(root)).slice(0, 2), options);
    assert.deepEqual([figures.role, figures.exact], ['encoder', undefined]);
  });
});
