import assert from 'node:assert/strict';
import { copyFileSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unpackFamily } from '../support/families';
import { startEngine, writeAndLookInto } from '../support/engine';

describe('a GGUF file in the engine', () => {
  const place = mkdtempSync(join(tmpdir(), 'glassbox-gguf-model-'));
  const cache = join(place, 'cache');
  const model = join(place, 'model.gguf');
  before(async () => copyFileSync(join(await unpackFamily('gguf-llama'), 'model.gguf'), model));
  after(() => rmSync(place, { recursive: true, force: true }));

  it('completes, is looked into, and is converted once', async () => {
    const texts: string[] = [];
    const said: string[] = [];
    for (let start = 0; start < 2; start++) {
      const { client, lines } = startEngine({ cache });
      try {
        const info = await client.request('load', { model }, { priority: 'completion' });
        assert.deepEqual([info.name, info.role, info.contextLength], ['Random llama', 'decoder', 96]);
        const { text, sequences } = await writeAndLookInto(client, model, 'let ab = ');
        texts.push(text);
        assert.equal(sequences, 1);
      } finally {
        client.dispose();
      }
      said.push(...lines);
    }
    assert.equal(texts[0], texts[1]);
    assert.equal(said.filter((line) => line.includes('was converted once')).length, 1, said.join('\n'));
    assert.equal(readdirSync(join(cache, 'converted')).length, 1);
  });

  for (const family of ['gemma', 'gemma2', 'gemma3', 'phi3'])
    it(`completes and is looked into where it is a ${family}`, async () => {
      const file = join(await unpackFamily(`gguf-${family}`), 'model.gguf');
      const { client } = startEngine({ cache });
      try {
        const { text, sequences } = await writeAndLookInto(client, file, 'ab cd '.repeat(8));
        assert.equal(typeof text, 'string');
        assert.equal(sequences, 1);
      } finally {
        client.dispose();
      }
    });

  it('is refused in one sentence where it is none', async () => {
    const other = join(place, 'other.gguf');
    writeFileSync(other, 'no model at all');
    const { client } = startEngine({ cache });
    try {
      await assert.rejects(client.request('load', { model: other }, { priority: 'completion' }), {
        code: 'modelInvalid',
        message: `${other} is neither a folder nor a GGUF file; choose a folder or a file that holds a model.`,
      });
    } finally {
      client.dispose();
    }
  });
});
