import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { openDecoderSession } from '../../../../src/engine/decoder/open';
import { readGraph } from '../../../../src/engine/decoder/graph';
import { Network } from '../../../../src/engine/decoder/network';
import type { DecoderFolder } from '../../../../src/modelFolder/layouts/types';
import { attribute, node } from '../../../../src/engine/graphs/elements';
import {
  AttributeType,
  DataType,
  GraphProtoSchema,
  ModelProtoSchema,
  TensorProtoSchema,
} from '../../../../src/engine/graphs/onnx';
import type { GraphProto } from '../../../../src/engine/graphs/onnx';
import { prepareGraph } from '../../../../src/engine/graphs/prepare';
import { openSession } from '../../../../src/engine/runtime/session';
import type { GraphBytes } from '../../../../src/engine/runtime/session';
import { writeOnnx } from '../../../support/decoderModel/onnx';
import { logitsOfPieces } from '../../../support/decoderModel/pieces';
import { tiny } from '../../../support/decoderModel/shape';

/** Equal but for the order of sums: the kernel for one row of logits is not the one for many. */
function assertClose(actual: readonly Float32Array[], expected: readonly Float32Array[], tolerance = 1e-5): void {
  assert.equal(actual.length, expected.length);
  for (const [at, values] of expected.entries()) {
    assert.equal(actual[at]!.length, values.length);
    for (const [id, value] of values.entries())
      assert.ok(
        Math.abs(actual[at]![id]! - value) < tolerance,
        `run ${at}, token ${id}: ${actual[at]![id]!} is not ${value}`,
      );
  }
}

const farthest = (some: readonly Float32Array[], others: readonly Float32Array[]): number =>
  Math.max(...some.map((values, at) => Math.max(...values.map((value, id) => Math.abs(value - others[at]![id]!)))));

const matrices = ({ bytes }: { bytes: Uint8Array }): number =>
  fromBinary(ModelProtoSchema, bytes).graph!.node.filter(({ opType }) => opType === 'MatMulNBits').length;

/** What each attention multiplies its scores by. */
const scales = ({ bytes }: { bytes: Uint8Array }): (number | undefined)[] =>
  fromBinary(ModelProtoSchema, bytes)
    .graph!.node.filter(({ opType }) => opType === 'GroupQueryAttention')
    .map(({ attribute: all }) => all.find(({ name }) => name === 'scale')?.f);

describe('preparing a public 4-bit decoder', () => {
  let path: string;
  let folder: string;
  let model: DecoderFolder;
  const ids = Int32Array.from({ length: 40 }, (_, at) => (at * 37 + 5) % tiny.vocabulary);

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'prepare-'));
    path = writeOnnx(folder, tiny, 'inside');
    model = {
      role: 'decoder',
      path: folder,
      name: 'tiny',
      cacheOutputs: 'copy',
      contextLength: tiny.contextLength,
      vocabularySize: tiny.vocabulary,
      graph: path,
      tokenizer: {},
      tokenizerConfig: undefined,
      promptLayout: 'left-to-right',
      tokens: {},
      stopTokens: [],
    };
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  /** The logits behind each piece of a text that is run piece by piece. */
  async function logits(graph: string | GraphBytes, pieces: readonly number[]): Promise<Float32Array[]> {
    const session = await openSession(graph, { threads: 1 });
    const network = new Network(session, readGraph(session, model), model.contextLength);
    const found = await logitsOfPieces(network, ids, pieces);
    await session.dispose();
    return found;
  }

  function change(edit: (graph: GraphProto) => void): void {
    const read = fromBinary(ModelProtoSchema, readFileSync(path));
    edit(read.graph!);
    writeFileSync(path, toBinary(ModelProtoSchema, read));
  }

  const prepared = async (roundActivations: boolean) => ({
    ...(await prepareGraph(path, { inPlace: false, roundActivations }))!,
    path,
  });

  it('gives the same logits wherever its weights lie', async () => {
    const pieces = [16, 2, 8, 2, 2, 10];
    const expected = await logits(path, pieces);
    assertClose(await logits(await prepared(false), pieces), expected);
    rmSync(path);
    writeOnnx(folder, tiny, 'beside');
    assertClose(await logits(await prepared(false), pieces), expected);
  });

  it('moves logits by little where activations are rounded', async () => {
    const [exact, rounded] = [(await logits(path, [40]))[0]!, (await logits(await prepared(true), [40]))[0]!];
    const spread = Math.sqrt(exact.reduce((sum, value) => sum + value ** 2, 0) / exact.length);
    const largest = Math.max(...exact.map((value, at) => Math.abs(value - rounded[at]!)));
    assert.ok(largest > 0, 'something is rounded');
    assert.ok(largest < 0.05 * spread, `${largest} of ${spread}`);
  });

  it('makes queries, keys and values with one matrix, with the same logits to the bit', async () => {
    const options = { inPlace: false, roundActivations: true };
    const [apart, packed] = [
      (await prepareGraph(path, options))!,
      (await prepareGraph(path, { ...options, packQueries: true }))!,
    ];
    assert.deepEqual([matrices(apart), matrices(packed)], [7 * tiny.layers + 1, 5 * tiny.layers + 1]);
    const pieces = [16, 2, 1, 1, 20];
    assert.deepEqual(await logits({ ...packed, path }, pieces), await logits({ ...apart, path }, pieces));
  });

  it('lets the matrix of the queries scale them, with the same logits to the bit where rows are run in pairs', async () => {
    const options = { inPlace: false, roundActivations: true };
    // The heads of this model have 16 values, so the scale is a power of two.
    const [plain, scaled] = [
      (await prepareGraph(path, options))!,
      (await prepareGraph(path, { ...options, scaleQueries: true, packQueries: true }))!,
    ];
    assert.deepEqual(
      scales(plain),
      Array.from({ length: tiny.layers }, () => 0.25),
    );
    assert.deepEqual(
      scales(scaled),
      Array.from({ length: tiny.layers }, () => 1),
    );
    assert.equal(matrices(scaled), 5 * tiny.layers + 1, 'they still come out of one matrix with keys and values');
    const pairs = [16, 2, 22];
    assert.deepEqual(await logits({ ...scaled, path }, pairs), await logits({ ...plain, path }, pairs));
    const exact = { ...options, roundActivations: false };
    const alone = [16, 1, 1, 1];
    assertClose(
      await logits({ ...(await prepareGraph(path, { ...exact, scaleQueries: true }))!, path }, alone),
      await logits({ ...(await prepareGraph(path, exact))!, path }, alone),
    );
  });

  it('knows the scale that a graph leaves out, and scales a bias too', async () => {
    change((graph) => {
      const bias = Float32Array.from({ length: tiny.hidden }, (_, at) => Math.cos(at));
      graph.initializer.push(
        create(TensorProtoSchema, {
          name: 'bias',
          dataType: DataType.FLOAT,
          dims: [BigInt(tiny.hidden)],
          rawData: new Uint8Array(bias.buffer),
        }),
      );
      for (const one of graph.node) {
        if (one.opType === 'GroupQueryAttention') one.attribute = one.attribute.filter(({ name }) => name !== 'scale');
        if (one.output[0] === '0.q') one.input.push('', '', 'bias');
      }
    });
    const options = { inPlace: false, roundActivations: false };
    const scaled = (await prepareGraph(path, { ...options, scaleQueries: true }))!;
    assert.deepEqual(
      scales(scaled),
      Array.from({ length: tiny.layers }, () => 1),
    );
    const pieces = [16, 1, 1, 8];
    assertClose(
      await logits({ ...scaled, path }, pieces),
      await logits({ ...(await prepareGraph(path, options))!, path }, pieces),
    );
  });

  it('leaves queries unscaled that somebody else takes too', async () => {
    change((graph) => void graph.node.push(node('Identity', ['0.q'], ['queries'])));
    const scaled = (await prepareGraph(path, { inPlace: false, roundActivations: true, scaleQueries: true }))!;
    assert.deepEqual(scales(scaled), [0.25, 1]);
  });

  it('fills matrices up that are uneven and multiply the same rows', async () => {
    const options = { inPlace: false, roundActivations: true };
    const uneven = { ...tiny, hidden: 160, heads: 10, feedForward: 224 };
    rmSync(path);
    writeOnnx(folder, uneven, 'beside');
    const [plain, filled] = [
      (await prepareGraph(path, options))!,
      (await prepareGraph(path, { ...options, packQueries: true, fillBlocks: true }))!,
    ];
    const widths = ({ bytes }: { bytes: Uint8Array }) =>
      fromBinary(ModelProtoSchema, bytes)
        .graph!.node.filter(({ output }) => /^\d+\.[gud]$|^\d+\.fed$|^logits$/.test(output[0]!))
        .map(({ attribute: all }) => Number(all.find(({ name }) => name === 'K')!.i));
    assert.deepEqual(widths(plain), [160, 160, 224, 160, 160, 224, 160]);
    assert.deepEqual(widths(filled), [256, 256, 224, 256, 256, 224, 160]);
    const pieces = [16, 2, 1, 1, 20];
    const exact = await logits(
      { ...(await prepareGraph(path, { ...options, roundActivations: false }))!, path },
      pieces,
    );
    const rounded = await logits({ ...plain, path }, pieces);
    // On processors without AVX-512, kernels for other widths round otherwise: as far as rounding moves the logits, two of them may be apart.
    assertClose(await logits({ ...filled, path }, pieces), rounded, farthest(rounded, exact));
  });

  it('leaves graphs alone whose Pad takes no axes', async () => {
    const uneven = { ...tiny, hidden: 160, heads: 10 };
    rmSync(path);
    writeOnnx(folder, uneven, 'inside');
    const read = fromBinary(ModelProtoSchema, readFileSync(path));
    read.opsetImport.find(({ domain }) => domain === '')!.version = 17n;
    writeFileSync(path, toBinary(ModelProtoSchema, read));
    const found = (await prepareGraph(path, { inPlace: false, roundActivations: true, fillBlocks: true }))!;
    assert.ok(fromBinary(ModelProtoSchema, found.bytes).graph!.node.every(({ opType }) => opType !== 'Pad'));
  });

  it('leaves queries alone that cannot be packed', async () => {
    const edits: ((graph: GraphProto) => void)[] = [
      (graph) => void graph.output.push({ ...graph.output[0]!, name: '0.q' }),
      (graph) => void (graph.node.find(({ output }) => output[0] === '0.k')!.input[0] = 'embedded'),
      (graph) =>
        void (graph.node
          .find(({ output }) => output[0] === '0.v')!
          .attribute.find(({ name }) => name === 'block_size')!.i = 16n),
      (graph) => void graph.node.push(node('Identity', ['0.k'], ['keys'])),
    ];
    for (const [at, edit] of edits.entries()) {
      rmSync(path);
      writeOnnx(folder, tiny, 'inside');
      change(edit);
      const found = await prepareGraph(path, { inPlace: false, roundActivations: true, packQueries: true });
      assert.equal(matrices(found!), 7 * tiny.layers + 1 - 2, `edit ${at}`);
    }
  });

  it('makes what comes behind the last attention for the wanted tokens only', async () => {
    const found = (await prepareGraph(path, { inPlace: false, roundActivations: false }))!;
    const { graph } = fromBinary(ModelProtoSchema, found.bytes);
    const cut = graph!.node
      .filter(({ opType, input }) => opType === 'Slice' && input[1] === 'glassbox/first_kept')
      .map(({ input }) => input[0]);
    const last = tiny.layers - 1;
    assert.deepEqual(cut.sort(), [`${last}.mixed`, `stream.${2 * last}`].sort());
    const session = await openSession({ ...found, path }, { threads: 1 });
    const network = new Network(session, readGraph(session, model), model.contextLength);
    const cache = network.createCache();
    await network.run(cache, ids, { past: 0, rows: 20 });
    const behind = (await network.run(cache, ids, { past: 20, rows: 4, drafts: 3 })).slice();
    await session.dispose();
    const rows = Array.from({ length: 4 }, (_, row) =>
      behind.subarray(row * tiny.vocabulary, (row + 1) * tiny.vocabulary),
    );
    assertClose(rows, (await logits(path, [20, 1, 1, 1, 1])).slice(1));
  });

  it('takes a matrix that the graph transposes for what it is', async () => {
    change((graph) => {
      const head = graph.node.find(({ output }) => output[0] === 'logits')!;
      const values = Float32Array.from({ length: tiny.vocabulary * tiny.hidden }, (_, at) => Math.sin(at));
      graph.initializer.push(
        create(TensorProtoSchema, {
          name: 'tied',
          dataType: DataType.FLOAT,
          dims: [BigInt(tiny.vocabulary), BigInt(tiny.hidden)],
          rawData: new Uint8Array(values.buffer),
        }),
      );
      const product = node('MatMul', [head.input[0]!, 'turned'], ['logits']);
      graph.node.splice(graph.node.indexOf(head), 1, node('Transpose', ['tied'], ['turned']), product);
    });
    const found = await prepared(false);
    assert.deepEqual(found.notes, []);
    const pieces = [16, 2, 8];
    assertClose(await logits(found, pieces), await logits(path, pieces));
  });

  it('leaves the folder as it was', async () => {
    const before = readFileSync(path);
    await prepared(true);
    assert.deepEqual(readdirSync(folder), [basename(path)]);
    assert.ok(readFileSync(path).equals(before));
  });

  it('runs a graph with branches, or caches that are not understood, as it is', async () => {
    const lines: string[] = [];
    change((graph) => {
      const branch = attribute('then_branch', 0n);
      branch.type = AttributeType.GRAPH;
      branch.g = create(GraphProtoSchema);
      graph.node[0]!.attribute.push(branch);
    });
    assert.equal(await prepareGraph(path, { inPlace: false, roundActivations: true }), undefined);
    rmSync(path);
    writeOnnx(folder, tiny, 'inside');
    change((graph) => {
      for (const output of graph.output) output.name = output.name.replace('present.', 'cache_');
      for (const made of graph.node) made.output = made.output.map((name) => name.replace('present.', 'cache_'));
    });
    const { session } = await openDecoderSession(model, {
      threads: 1,
      backend: 'binding',
      log: (line) => lines.push(line),
    });
    assert.ok(!session.inputs.has('past_length'));
    await session.dispose();
    assert.match(lines.join(), /^model_q4\.onnx of tiny copies its whole cache for every token, since .*\.$/);
  });

  it('says that logits are calculated for every token where it cannot change that', async () => {
    change((graph) => {
      const head = graph.node.at(-1)!;
      head.output = ['unrolled'];
      const softmax = node('Softmax', ['unrolled'], ['logits']);
      graph.node.push(softmax);
    });
    const found = await prepared(true);
    assert.deepEqual(found.notes, [
      'calculates logits for every token of a prompt, since what makes them is not understood',
    ]);
    const pieces = [16, 2, 22];
    assertClose(await logits(await prepared(false), pieces), await logits(path, pieces));
  });

  it('runs a graph as it is where a change turns out to be refused', async () => {
    const lines: string[] = [];
    change((graph) => void graph.node.push(node('Identity', ['logits'], ['glassbox/first_kept'])));
    const { session } = await openDecoderSession(model, {
      threads: 1,
      backend: 'binding',
      log: (line) => lines.push(line),
    });
    assert.ok(!session.inputs.has('past_length'));
    await session.dispose();
    assert.match(lines.join(), /is not changed for speed, since that failed: /);
  });
});
