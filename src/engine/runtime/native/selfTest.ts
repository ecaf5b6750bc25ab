/**
 * Checks on a tiny graph that native sessions compute attention correctly and write their cache in place; run once by
 * the native `backend.ts`.
 */
import { create, toBinary } from '@bufbuild/protobuf';
import { tmpdir } from 'node:os';
import { microsoft, node, valueInfo } from '../../graphs/elements';
import { DataType, ModelProtoSchema } from '../../graphs/onnx';
import type { GraphBytes, Session, SessionOptions, Tensors } from '../tensors';
import { NativeError } from './api';

const headSize = 8;
const capacity = 6;
/** Attention sums in another order than this test does. */
const tolerance = 1e-5;

/** One attention of one head over a cache that it writes into. */
function attentionGraph(): Uint8Array {
  const rows = ['query', 'key', 'value'].map((name) => valueInfo(name, DataType.FLOAT, [1, 'rows', headSize]));
  const cache = (names: readonly string[]) =>
    names.map((name) => valueInfo(name, DataType.FLOAT, [1, 1, capacity, headSize]));
  const lengths = [valueInfo('last', DataType.INT32, [1]), valueInfo('total', DataType.INT32, [])];
  const attention = node(
    'GroupQueryAttention',
    ['query', 'key', 'value', 'past_key', 'past_value', 'last', 'total'],
    ['mixed', 'present_key', 'present_value'],
    {
      domain: microsoft,
      attributes: { num_heads: 1n, kv_num_heads: 1n },
    },
  );
  const graph = {
    name: 'self-test',
    node: [attention],
    input: [...rows, ...cache(['past_key', 'past_value']), ...lengths],
    output: [valueInfo('mixed', DataType.FLOAT, [1, 'rows', headSize]), ...cache(['present_key', 'present_value'])],
  };
  const opsetImport = [
    { domain: '', version: 17n },
    { domain: microsoft, version: 1n },
  ];
  return toBinary(ModelProtoSchema, create(ModelProtoSchema, { irVersion: 8n, opsetImport, graph }));
}

/** Number `column` of row `row`, different for each of the three inputs. */
const value = (input: number, row: number, column: number): number => Math.sin(1 + 31 * input + 7 * row + column);

/** What attention of row `last` over all rows up to it comes to. */
function expected(last: number): number[] {
  const columns = Array.from({ length: headSize }, (_, column) => column);
  const scores = Array.from({ length: last + 1 }, (_, row) =>
    Math.exp(
      columns.reduce((sum, column) => sum + value(0, last, column) * value(1, row, column), 0) / Math.sqrt(headSize),
    ),
  );
  const sum = scores.reduce((total, score) => total + score, 0);
  return columns.map((column) =>
    scores.reduce((total, score, row) => total + (score / sum) * value(2, row, column), 0),
  );
}

/**
 * Checks that sessions find their way through the C API and that attention writes its cache in place: three rows, then
 * one, then one again over a row that was given up.
 *
 * @throws {Error} where a number is not what it should be
 */
export async function checkAttention(
  open: (graph: GraphBytes, options: SessionOptions) => Promise<Session>,
): Promise<void> {
  const session = await open({ path: 'self-test', bytes: attentionGraph(), folder: tmpdir() }, { threads: 1 });
  try {
    const cache = (): Float32Array => new Float32Array(capacity * headSize);
    const [keys, values] = [cache(), cache()].map((data) =>
      session.tensor('float32', data, [1, 1, capacity, headSize]),
    );
    if (!keys || !values) return;
    for (const { past, rows } of [
      { past: 0, rows: 3 },
      { past: 3, rows: 1 },
      { past: 2, rows: 1 },
    ]) {
      const input = (index: number) =>
        session.tensor(
          'float32',
          Float32Array.from({ length: rows * headSize }, (_, at) =>
            value(index, past + Math.floor(at / headSize), at % headSize),
          ),
          [1, rows, headSize],
        );
      const total = past + rows;
      const mixed = new Float32Array(rows * headSize);
      const feeds: Tensors = {
        query: input(0),
        key: input(1),
        value: input(2),
        past_key: keys,
        past_value: values,
        last: session.tensor('int32', Int32Array.of(total - 1), [1]),
        total: session.tensor('int32', Int32Array.of(total), []),
      };
      await session.run(feeds, {
        mixed: session.tensor('float32', mixed, [1, rows, headSize]),
        present_key: keys,
        present_value: values,
      });
      const found = mixed.subarray((rows - 1) * headSize);
      if (expected(total - 1).some((wanted, column) => !(Math.abs(wanted - (found[column] as number)) <= tolerance))) {
        throw new NativeError('its results differ from what they should be');
      }
    }
  } finally {
    await session.dispose();
  }
}
