import assert from 'node:assert/strict';
import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Decoder } from '../../src/engine/decoder/decoder';
import { node, valueInfo } from '../../src/engine/graphs/elements';
import {
  AttributeProtoSchema,
  AttributeType,
  DataType,
  GraphProtoSchema,
  ModelProtoSchema,
  TensorProtoSchema,
} from '../../src/engine/graphs/onnx';
import { openDecoderFolder } from '../../src/modelFolder/layouts/folder';
import { readExpected, unpackFamily } from '../support/families';

/** Of decoders.py. */
interface Expected {
  readonly cases: readonly (readonly [prompt: readonly number[], tokens: readonly number[]])[];
}

describe('a folder with decoder_model_merged.onnx alone', () => {
  let decoder: Decoder;
  let expected: Expected;

  before(async () => {
    const path = await unpackFamily('llama');
    expected = readExpected(path) as Expected;
    const graph = join(path, 'onnx/model.onnx');
    writeFileSync(join(path, 'onnx/decoder_model_merged.onnx'), merged(readFileSync(graph)));
    rmSync(graph);
    decoder = await Decoder.open(await openDecoderFolder(path), { threads: 1 });
  });
  after(() => decoder.dispose());

  it('writes what transformers writes', async () => {
    for (const [at, [prompt, tokens]] of expected.cases.slice(0, 40).entries()) {
      const request = { prompt, maxTokens: tokens.length, stopIds: new Set<number>(), forbiddenIds: [] };
      const written = await decoder.generate(request, () => Promise.resolve(undefined));
      assert.deepEqual(
        written.tokens.map(({ id }) => id),
        tokens,
        `prompt ${at}`,
      );
    }
  });
});

/** The graph as optimum merges it with the one that takes no past: a branch for each, chosen by an input. */
function merged(bytes: Buffer): Buffer {
  const model = fromBinary(ModelProtoSchema, bytes);
  const whole = model.graph!;
  const { output } = whole;
  const branch = (name: string, from: typeof whole.node) => {
    const g = create(GraphProtoSchema, { name, node: from, output });
    return create(AttributeProtoSchema, { name, type: AttributeType.GRAPH, g });
  };
  const chosen = node(
    'If',
    ['use_cache_branch'],
    output.map(({ name }) => name),
  );
  // The other branch would ignore the past: here it gives nothing that could be taken for an answer.
  const ignoring = output.map(({ name }) => node('Identity', [name === 'logits' ? 'no_logits' : 'no_cache'], [name]));
  chosen.attribute.push(branch('then_branch', whole.node), branch('else_branch', ignoring));
  const empty = (name: string, dims: bigint[]) => create(TensorProtoSchema, { name, dims, dataType: DataType.FLOAT });
  model.graph = create(GraphProtoSchema, {
    name: 'merged',
    node: [chosen],
    initializer: [...whole.initializer, empty('no_logits', [1n, 0n, 0n]), empty('no_cache', [1n, 0n, 0n, 0n])],
    input: [...whole.input, valueInfo('use_cache_branch', DataType.BOOL, [1])],
    output,
  });
  return Buffer.from(toBinary(ModelProtoSchema, model));
}
