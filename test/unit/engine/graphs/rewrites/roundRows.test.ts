import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { microsoft, node, valueInfo } from '../../../../../src/engine/graphs/elements';
import { DataType, ModelProtoSchema, TensorProtoSchema } from '../../../../../src/engine/graphs/onnx';
import type { NodeProto, TensorProto } from '../../../../../src/engine/graphs/onnx';
import { roundEncoder } from '../../../../../src/engine/graphs/prepareEncoder';
import { openSession } from '../../../../../src/engine/runtime/session';
import type { GraphBytes } from '../../../../../src/engine/runtime/session';
import { createRandom } from '../../../../support/random';

const rows = 64;
const columns = 48;
const blockSize = 32;

/**
 * Weights and inputs whose largest values stand apart: processors without instructions for products of bytes add them up in
 * pairs of 16 bits, which two large ones would overflow.
 */
const random = createRandom(5);
const around = (spread: number) => (2 * random() - 1) * spread;
const weightOf = Array.from({ length: rows }, (_, row) =>
  Array.from({ length: columns }, () => (row === 0 ? 1 : around(0.25))),
);
const inputOf = (spread: number) => Array.from({ length: rows }, (_, at) => spread * (at === 5 ? 1 : around(0.5)));

const floats = (name: string, dims: readonly number[], values: readonly number[]): TensorProto =>
  create(TensorProtoSchema, {
    name,
    dataType: DataType.FLOAT,
    dims: dims.map(BigInt),
    rawData: new Uint8Array(Float32Array.from(values).buffer),
  });

const plain = () => floats('weights', [rows, columns], weightOf.flat());

/** The same matrix in blocks of 8 bits: [columns, blocks, values], scales [columns · blocks]. */
function blocks(): TensorProto[] {
  const codes = new Uint8Array(rows * columns);
  const scales: number[] = [];
  for (let column = 0; column < columns; column++) {
    for (let first = 0; first < rows; first += blockSize) {
      const block = weightOf.slice(first, first + blockSize).map((row) => row[column]!);
      const scale = Math.max(...block.map(Math.abs)) / 127;
      scales.push(scale);
      codes.set(
        block.map((value) => 128 + Math.round(value / scale)),
        column * rows + first,
      );
    }
  }
  const dims = [columns, rows / blockSize, blockSize].map(BigInt);
  return [
    create(TensorProtoSchema, { name: 'codes', dataType: DataType.UINT8, dims, rawData: codes }),
    floats('scales', [scales.length], scales),
  ];
}
/** The same matrix as bytes with a scale for each column, of which the graph makes floats. */
function scaled(): { nodes: NodeProto[]; constants: TensorProto[] } {
  const scales = Array.from(
    { length: columns },
    (_, column) => Math.max(...weightOf.map((row) => Math.abs(row[column]!))) / 127,
  );
  const codes = Int8Array.from(
    weightOf.flatMap((row) => row.map((value, column) => Math.round(value / scales[column]!))),
  );
  const dims = [rows, columns].map(BigInt);
  return {
    nodes: [
      node('Cast', ['codes'], ['numbers'], { attributes: { to: BigInt(DataType.FLOAT) } }),
      node('Mul', ['numbers', 'scales'], ['weights']),
    ],
    constants: [
      create(TensorProtoSchema, {
        name: 'codes',
        dataType: DataType.INT8,
        dims,
        rawData: new Uint8Array(codes.buffer),
      }),
      floats('scales', [1, columns], scales),
    ],
  };
}

const blockProduct = (bits: bigint) =>
  node('MatMulNBits', ['x', 'codes', 'scales'], ['y'], {
    domain: microsoft,
    attributes: { K: BigInt(rows), N: BigInt(columns), bits, block_size: BigInt(blockSize), accuracy_level: 0n },
  });

describe('products of bytes', () => {
  let path: string;
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'rounding-'));
    path = join(folder, 'model.onnx');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  function write(
    nodes: readonly NodeProto[],
    initializer: readonly TensorProto[],
    version = 18n,
    outputs = ['y'],
  ): void {
    const graph = {
      name: 'one',
      node: [...nodes],
      initializer: [...initializer],
      input: [valueInfo('x', DataType.FLOAT, ['batch', 'length', rows])],
      output: outputs.map((name) => valueInfo(name, DataType.FLOAT, ['batch', 'length', columns])),
    };
    const opsetImport = [
      { domain: '', version },
      { domain: microsoft, version: 1n },
    ];
    writeFileSync(path, toBinary(ModelProtoSchema, create(ModelProtoSchema, { irVersion: 8n, opsetImport, graph })));
  }

  async function run(
    graph: string | GraphBytes,
    inputs: readonly (readonly number[])[],
  ): Promise<Record<string, Float32Array>> {
    const session = await openSession(graph, { threads: 1 });
    try {
      const outputs = await session.run({
        x: session.tensor('float32', Float32Array.from(inputs.flat()), [1, inputs.length, rows]),
      });
      return Object.fromEntries(Object.entries(outputs).map(([name, { data }]) => [name, data as Float32Array]));
    } finally {
      await session.dispose();
    }
  }

  async function rounded(): Promise<GraphBytes & { readonly operators: readonly string[] }> {
    const graph = (await roundEncoder(path))!;
    return {
      ...graph,
      path,
      operators: fromBinary(ModelProtoSchema, graph.bytes).graph!.node.map(({ opType }) => opType),
    };
  }

  /** Rounding to 255 steps moves each factor by half a step at most. */
  function assertClose(found: Float32Array, wanted: Float32Array, size: number): void {
    assert.equal(found.length, wanted.length);
    const most = (size * rows) / 127 / 2;
    found.forEach((value, at) =>
      assert.ok(Math.abs(value - wanted[at]!) < most / 4, `${value} instead of ${wanted[at]!}`),
    );
  }

  const product = () => node('MatMul', ['x', 'weights'], ['y']);

  for (const [title, version, make] of [
    ['of float32 weights', 18n, () => ({ nodes: [product()], constants: [plain()] })],
    ['of float32 weights in a graph of old operators', 11n, () => ({ nodes: [product()], constants: [plain()] })],
    ['of weights in blocks of 8 bits', 18n, () => ({ nodes: [blockProduct(8n)], constants: blocks() })],
    [
      'of weights in bytes with scales',
      18n,
      () => ({ nodes: [product(), ...scaled().nodes].reverse(), constants: scaled().constants }),
    ],
  ] as const) {
    it(`give what products ${title} give, but for rounding`, async () => {
      const { nodes, constants } = make();
      write(nodes, constants, version);
      const inputs = [inputOf(1), inputOf(200), inputOf(1e-3)];
      const graph = await rounded();
      assert.ok(
        graph.operators.includes('MatMulIntegerToFloat') &&
          !graph.operators.some((one) => one.startsWith('MatMul') && one !== 'MatMulIntegerToFloat'),
        graph.operators.join(),
      );
      const [found, wanted] = [(await run(graph, inputs)).y!, (await run(path, inputs)).y!];
      inputs.forEach((input, row) => {
        const part = (values: Float32Array) => values.subarray(row * columns, (row + 1) * columns);
        assertClose(part(found), part(wanted), Math.max(...input));
      });
    });
  }

  it('give a row the same whatever stands beside it, and zero for zeros', async () => {
    write([product()], [plain()]);
    const graph = await rounded();
    const [row, zeros] = [inputOf(1), Array.from({ length: rows }, () => 0)];
    const alone = (await run(graph, [row])).y!;
    const together = (await run(graph, [inputOf(500), row, zeros])).y!;
    assert.deepEqual(together.slice(columns, 2 * columns), alone);
    assert.ok(together.slice(2 * columns).every((value) => value === 0));
  });

  it('have more steps behind a GELU, which has no large negative values', async () => {
    const nodes = [node('Gelu', ['x'], ['activated']), node('MatMul', ['activated', 'weights'], ['y'])];
    write(nodes, [plain()], 20n);
    const inputs = [inputOf(1), inputOf(200), inputOf(1e-3), inputOf(-5)];
    const graph = await rounded();
    assert.ok(
      !graph.operators.includes('Abs') || graph.operators.indexOf('Abs') > graph.operators.indexOf('MatMul'),
      graph.operators.join(),
    );
    const [found, wanted] = [(await run(graph, inputs)).y!, (await run(path, inputs)).y!];
    inputs.forEach((input, row) => {
      const part = (values: Float32Array) => values.subarray(row * columns, (row + 1) * columns);
      // A step is at least what GELU's least value takes of the sixteen below zero.
      assertClose(part(found), part(wanted), Math.max(...input, (0.17 * 127) / 16));
    });
  });

  it('leave the values of an attention as they are', async () => {
    const attention = node('MultiHeadAttention', ['q', 'k', 'v'], ['y'], {
      domain: microsoft,
      attributes: { num_heads: 4n },
    });
    const matrices = ['a', 'b', 'c'].map((name) => floats(name, [rows, columns], weightOf.flat()));
    const products = [
      node('MatMul', ['x', 'a'], ['q']),
      node('MatMul', ['x', 'b'], ['k']),
      node('MatMul', ['x', 'c'], ['v']),
    ];
    write([...products, attention], matrices);
    const { operators } = await rounded();
    assert.deepEqual(
      operators.filter((one) => one.startsWith('MatMul')),
      ['MatMulIntegerToFloat', 'MatMulIntegerToFloat', 'MatMul'],
    );
  });

  it('share what several of them need', async () => {
    const other = floats(
      'other',
      [rows, columns],
      weightOf.flat().map((value) => -value),
    );
    write(
      [product(), node('MatMul', ['x', 'other'], ['z']), node('MatMul', ['x', 'weights'], ['again'])],
      [plain(), other],
      18n,
      ['y', 'z', 'again'],
    );
    const graph = await rounded();
    const count = (operator: string) => graph.operators.filter((one) => one === operator).length;
    assert.deepEqual([count('MatMulIntegerToFloat'), count('QuantizeLinear'), count('Cast')], [3, 1, 2]);
    const { y, z, again } = await run(graph, [inputOf(1)]);
    assert.deepEqual(again, y);
    assert.deepEqual(
      z,
      y!.map((value) => -value),
    );
  });

  it('do not take the place of what they are not made for', async () => {
    write([product()], [plain()], 10n);
    assert.equal(await roundEncoder(path), undefined, 'older operators');
    write([blockProduct(4n)], blocks());
    assert.equal(await roundEncoder(path), undefined, 'four bits');
    write([node('MatMul', ['x', 'x'], ['y'])], []);
    assert.equal(await roundEncoder(path), undefined, 'no weights');
    write(
      [node('MatMul', ['x', 'few'], ['y'])],
      [
        floats(
          'few',
          [rows, 8],
          weightOf.flatMap((row) => row.slice(0, 8)),
        ),
      ],
    );
    assert.equal(await roundEncoder(path), undefined, 'few columns');
  });
});
