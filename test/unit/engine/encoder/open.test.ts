import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EmbedRequest } from '../../../../src/engine/encoder/encoder';
import { compareEncoders, roundingPays } from '../../../../src/engine/encoder/open';
import { RoundingMemory } from '../../../../src/engine/encoder/roundingMemory';
import { specimens } from '../../../../src/engine/encoder/specimens';

describe('comparing two ways to run an encoder', () => {
  /** Turns every text's vector by an angle, one text's by another. */
  const turning = (angle: number, other = angle) => ({
    embed: ({ texts: [text] }: EmbedRequest) => {
      const own = text === specimens[3] ? other : angle;
      return Promise.resolve({
        vectors: Float32Array.of(Math.cos(own), Math.sin(own)),
        dimension: 2,
        tokens: 1,
        truncated: 0,
      });
    },
  });

  it('finds the text that differs most', async () => {
    const { loss, share } = await compareEncoders(turning(0), turning(0.01, 0.1));
    assert.ok(Math.abs(loss - (1 - Math.cos(0.1))) < 1e-6);
    assert.ok(share > 0);
    assert.ok((await compareEncoders(turning(1), turning(1))).loss < 1e-6);
  });

  it('takes what is no number for the largest loss', async () => {
    assert.equal((await compareEncoders(turning(0), turning(0, NaN))).loss, Infinity);
  });

  it('prefers the one that is faster where it moves nothing far', () => {
    assert.equal(roundingPays({ loss: 1e-3, share: 0.5 }), true);
    assert.equal(roundingPays({ loss: 1.1e-3, share: 0.5 }), false);
    assert.equal(roundingPays({ loss: 0, share: 0.95 }), false);
    assert.equal(roundingPays({ loss: Infinity, share: 0.5 }), false);
  });
});

describe('what was found about encoders', () => {
  let folder: string;
  let graph: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'roundings-'));
    graph = join(folder, 'model.onnx');
    writeFileSync(graph, 'weights');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('is known to the next process, for this content and this runtime', () => {
    const cache = join(folder, 'cache');
    const memory = new RoundingMemory(cache, '1.0.0');
    assert.equal(memory.get(graph), undefined);
    memory.put(graph, true);
    const other = join(folder, 'other.onnx');
    writeFileSync(other, 'other weights');
    memory.put(other, false);
    const next = new RoundingMemory(cache, '1.0.0');
    assert.deepEqual([next.get(graph), next.get(other)], [true, false]);
    next.put(graph, false);
    assert.equal(memory.get(graph), false);
    assert.equal(new RoundingMemory(cache, '1.0.1').get(graph), undefined);
    writeFileSync(graph, 'further weights');
    assert.equal(next.get(graph), undefined);
  });

  it('is nothing where the file is damaged, and not kept where it cannot be written', () => {
    const memory = new RoundingMemory(folder, '');
    memory.put(graph, true);
    const file = join(folder, 'encoders.json');
    writeFileSync(file, readFileSync(file, 'utf8').slice(0, 30));
    assert.equal(memory.get(graph), undefined);
    memory.put(graph, true);
    assert.equal(memory.get(graph), true);
    new RoundingMemory(join(graph, 'no folder'), '').put(graph, true);
  });
});
