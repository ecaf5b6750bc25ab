import assert from 'node:assert/strict';
import { create, toBinary } from '@bufbuild/protobuf';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GraphReader } from '../../src/engine/attention/graphReader';
import { differenceOfMix } from '../../src/engine/attention/selfTest';
import { microsoft, node, valueInfo } from '../../src/engine/graphs/elements';
import type { NodeOptions } from '../../src/engine/graphs/elements';
import { DataType, GraphProtoSchema, ModelProtoSchema, TensorProtoSchema } from '../../src/engine/graphs/onnx';
import { createRandom } from '../support/random';

const [vocabulary, width, heads] = [11, 8, 2];
const ids = Int32Array.of(3, 1, 4, 1, 5, 9, 2);

function randomMatrix(rows: number, columns: number, seed: number): Float32Array {
  const random = createRandom(seed);
  return Float32Array.from({ length: rows * columns }, () => 3 * random() - 1.5);
}
const table = randomMatrix(vocabulary, width, 1);

/** An encoder of one layer, whose queries, keys and values are the words' own vectors. */
function writeEncoder(path: string, operator: string, options: NodeOptions, outputs = ['mixed']): void {
  const graph = create(GraphProtoSchema, { name: 'encoder' });
  const constant = (name: string, rows: number, columns: number, values: Float32Array) =>
    graph.initializer.push(
      create(TensorProtoSchema, {
        name,
        dataType: DataType.FLOAT,
        dims: [BigInt(rows), BigInt(columns)],
        rawData: new Uint8Array(values.buffer),
      }),
    );
  graph.input.push(valueInfo('input_ids', DataType.INT64, [1, 'tokens']));
  constant('table', vocabulary, width, table);
  constant('out', width, width, randomMatrix(width, width, 2));
  graph.node.push(
    node('Gather', ['table', 'input_ids'], ['words']),
    node(operator, ['words', 'words', 'words'], outputs, options),
    node('MatMul', [outputs[0]!, 'out'], ['last_hidden_state']),
  );
  graph.output.push(valueInfo('last_hidden_state', DataType.FLOAT, [1, 'tokens', width]));
  const opsetImport = [
    { domain: '', version: 23n },
    { domain: microsoft, version: 1n },
  ];
  writeFileSync(path, toBinary(ModelProtoSchema, create(ModelProtoSchema, { irVersion: 11n, opsetImport, graph })));
}

/** softmax(q·kᵀ/√size), from the definition. */
function expected(head: number, row: number): number[] {
  const size = width / heads;
  const part = (token: number) =>
    table.subarray(ids[token]! * width + head * size, ids[token]! * width + (head + 1) * size);
  const scores = Array.from(ids, (_, column) =>
    Math.exp(part(row).reduce((sum, value, at) => sum + value * part(column)[at]!, 0) / Math.sqrt(size)),
  );
  const sum = scores.reduce((total, score) => total + score, 0);
  return scores.map((score) => score / sum);
}

describe('attention of fused operators', () => {
  const folder = mkdtempSync(join(tmpdir(), 'glassbox-operators-'));
  after(() => rmSync(folder, { recursive: true }));

  const cases: [string, string, NodeOptions][] = [
    ['multiHeadAttention', 'MultiHeadAttention', { domain: microsoft, attributes: { num_heads: BigInt(heads) } }],
    ['attention', 'Attention', { attributes: { q_num_heads: BigInt(heads), kv_num_heads: BigInt(heads) } }],
  ];
  for (const [way, operator, options] of cases) {
    it(`${operator} gives its weights`, async () => {
      const path = join(folder, `${operator}.onnx`);
      writeEncoder(path, operator, options);
      const reader = await GraphReader.open(path, { ids: Int32Array.of(1, 2, 3) }, { threads: 1 });
      assert.equal(reader.way, way);
      const {
        sites: [site],
      } = await reader.run({ ids });
      assert.deepEqual([site!.heads, site!.rows, site!.columns], [heads, ids.length, ids.length]);
      for (let at = 0; at < heads * ids.length; at++) {
        const wanted = expected(Math.floor(at / ids.length), at % ids.length);
        for (const [column, weight] of wanted.entries())
          assert.ok(Math.abs(site!.weights[at * ids.length + column]! - weight) < 1e-5);
      }
      await reader.dispose();
    });
  }

  it('a graph without attention is refused with a sentence', async () => {
    const path = join(folder, 'plain.onnx');
    writeEncoder(path, 'Sum', {});
    await assert.rejects(GraphReader.open(path, { ids }, { threads: 1 }), /no attention that is understood/);
  });

  it('weights are tried before they are believed: others than those that made the output are found out', () => {
    const [rows, columns, size] = [3, 4, 2];
    const weights = Float32Array.from({ length: heads * rows * columns }, (_, at) => ((at * 7) % 5) / 10);
    const values = Float32Array.from({ length: columns * size }, (_, at) => (at % 3) - 1);
    // One value head for both heads; heads behind tokens.
    const mixed = Float32Array.from({ length: rows * heads * size }, (_, at) => {
      const [part, head, row] = [at % size, Math.floor(at / size) % heads, Math.floor(at / size / heads)];
      return Array.from(
        { length: columns },
        (__, column) => weights[(head * rows + row) * columns + column]! * values[column * size + part]!,
      ).reduce((sum, value) => sum + value, 0);
    });
    const attended = { weights, values, mixed, rows, columns, valueHeads: 1 };
    assert.ok(differenceOfMix(attended, true) < 1e-6);
    assert.ok(
      differenceOfMix({ ...attended, weights: weights.map((weight, at) => (at === 5 ? weight + 0.1 : weight)) }, true) >
        0.02,
    );
    assert.ok(differenceOfMix({ ...attended, weights: weights.map(() => NaN) }, true) > 1);
    assert.equal(differenceOfMix({ ...attended, valueHeads: 3 }, true), Infinity, 'sizes that do not fit');
  });
});
