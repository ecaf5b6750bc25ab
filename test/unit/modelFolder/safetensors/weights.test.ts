import assert from 'node:assert/strict';
import { join } from 'node:path';
import { symlinkSync } from 'node:fs';
import { EngineError } from '../../../../src/ipc/engine/errors';
import { hasWeights, SafetensorsWeights } from '../../../../src/modelFolder/safetensors/weights';
import { readWhole } from '../../../../src/modelFolder/weightMatrix';
import { makeFolder } from '../../../support/folder';
import { float32Tensor, safetensorsBytes } from '../../../support/safetensors';

const a = float32Tensor('a', [3, 2], [0, 1, 2, 3, 4, 5]);
const b = float32Tensor('b', [2], [6, 7]);
const indexOf = (map: unknown) => JSON.stringify({ metadata: { total_size: 32 }, weight_map: map });
const shards = {
  'model-1.safetensors': safetensorsBytes([a]),
  'model-2.safetensors': safetensorsBytes([b]),
  'model.safetensors.index.json': indexOf({ a: 'model-1.safetensors', b: 'model-2.safetensors' }),
};

async function using<T>(folder: string, use: (weights: SafetensorsWeights) => T | Promise<T>): Promise<T> {
  const weights = await SafetensorsWeights.open(folder);
  try {
    return await use(weights);
  } finally {
    await weights.close();
  }
}

describe('the weights of a folder', () => {
  for (const [title, files] of Object.entries({
    'one file': { 'model.safetensors': safetensorsBytes([a, b]) },
    shards,
  }))
    it(`are read from ${title}`, async () => {
      const folder = makeFolder(files);
      assert.equal(await hasWeights(folder), true);
      await using(folder, async (weights) => {
        assert.deepEqual([...weights.tensors.keys()].sort(), ['a', 'b']);
        assert.equal(weights.untaken, 'a');
        assert.deepEqual([...(await readWhole(weights.matrix('a', 3, 2)))], [0, 1, 2, 3, 4, 5]);
        const [first, rest] = weights.stacked('a', [1, 2], 2);
        assert.deepEqual([...(await readWhole(first))], [0, 1]);
        assert.deepEqual([...(await readWhole(rest))], [2, 3, 4, 5]);
        assert.equal(weights.untaken, 'b');
        assert.deepEqual([...(await weights.vector('b', 2))], [6, 7]);
        assert.equal(weights.untaken, undefined);
      });
    });

  it('may be links, as a cache of downloads has them', async () => {
    const blobs = makeFolder({ '0123': safetensorsBytes([a, b]) });
    const folder = makeFolder();
    symlinkSync(join(blobs, '0123'), join(folder, 'model.safetensors'));
    await using(folder, (weights) => assert.ok(weights.has('a')));
  });

  it('are not there in other folders', async () => assert.equal(await hasWeights(makeFolder()), false));

  const without = (name: keyof typeof shards) =>
    Object.fromEntries(Object.entries(shards).filter(([other]) => other !== name));
  const withIndex = (text: string) => ({ ...shards, 'model.safetensors.index.json': text });
  const refusals: Readonly<Record<string, readonly [files: object, sentence: RegExp]>> = {
    'a shard that is missing': [without('model-2.safetensors'), /model-2\.safetensors cannot be read/],
    'a shard outside of the folder': [withIndex(indexOf({ a: '../model-1.safetensors' })), /is no name of such a file/],
    'an absolute path': [withIndex(indexOf({ a: '/etc/passwd.safetensors' })), /is no name of such a file/],
    'a path of Windows': [withIndex(indexOf({ a: '..\\x.safetensors' })), /is no name of such a file/],
    'another kind of file': [withIndex(indexOf({ a: 'model.pt' })), /is no name of such a file/],
    'a tensor that the shard does not hold': [
      withIndex(indexOf({ a: 'model-2.safetensors' })),
      /looks for a tensor in model-2\.safetensors that is not there/,
    ],
    'an index of nothing': [withIndex(indexOf({})), /it names 0 files/],
    'an index of too many files': [
      withIndex(indexOf(Object.fromEntries(Array.from({ length: 1001 }, (_, at) => [`${at}`, `m${at}.safetensors`])))),
      /it names 1001 files/,
    ],
    'an index that is no JSON': [withIndex('{"weight_map"'), /not valid JSON/],
    'an index of another form': [withIndex('[]'), /is not understood/],
    'a shard that is cut off': [
      { ...shards, 'model-1.safetensors': shards['model-1.safetensors'].subarray(0, 40) },
      /model-1\.safetensors is no safetensors file, or damaged/,
    ],
  };
  for (const [title, [files, sentence]] of Object.entries(refusals))
    it(`are refused in one sentence where there is: ${title}`, async () => {
      const folder = makeFolder(files as Record<string, string | Uint8Array>);
      await assert.rejects(
        using(folder, () => undefined),
        (error) => {
          assert.ok(error instanceof EngineError, String(error));
          assert.match(error.message, sentence);
          assert.match(error.message, /^[^\n]{1,500}\.$/);
          return true;
        },
      );
    });

  it('are refused where a tensor is missing, of another shape or no floats', async () => {
    const folder = makeFolder(shards);
    await using(folder, (weights) => {
      assert.throws(() => weights.matrix('c', 1, 1), /lack c;/);
      assert.throws(() => weights.matrix('a', 2, 3), /has a as \[3, 2\] instead of \[2, 3\]/);
    });
    const whole = { name: 'a', type: 'I64' as const, shape: [1], data: new Uint8Array(8) };
    await using(makeFolder({ 'model.safetensors': safetensorsBytes([whole]) }), (weights) =>
      assert.throws(() => weights.matrix('a', 1, 1), /instead of/),
    );
  });
});
