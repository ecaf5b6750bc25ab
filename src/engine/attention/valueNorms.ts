/**
 * Computes the norm of each head's value after the output projection, in a small ONNX session of its own; used by
 * `openDecoder.ts` and `graphReader.ts`.
 */
import { create, toBinary } from '@bufbuild/protobuf';
import { integers, node, valueInfo } from '../graphs/elements';
import { DataType, GraphProtoSchema, ModelProtoSchema } from '../graphs/onnx';
import { openSession } from '../runtime/session';
import type { GraphBytes, Session, Tensor } from '../runtime/session';
import { floatsOf } from './decoderReader';
import { gramOutput, identityInput } from './graph/outputMatrix';

export interface HeadSizes {
  readonly layers: number;
  readonly heads: number;
  readonly valueHeads: number;
  readonly size: number;
}

/** ‖v_j·W_O‖ for every head of a model: how large a token's value still is behind attention. */
export class ValueNorms {
  private constructor(
    private readonly session: Session,
    /** For each layer W·Wᵀ: [value heads, heads of each, size, size]. */
    private readonly grams: readonly Tensor[],
    private readonly sizes: HeadSizes,
  ) {}

  /** @param gram what `gramGraph` has made of the model */
  static async open(gram: GraphBytes, sizes: HeadSizes): Promise<ValueNorms> {
    const { layers, heads, valueHeads, size } = sizes;
    const matrices = await openSession(gram, { threads: 1, background: true });
    const identity = new Float32Array((heads * size) ** 2);
    for (let at = 0; at < heads * size; at++) identity[at * (heads * size + 1)] = 1;
    try {
      const outputs = await matrices.run({
        [identityInput]: matrices.tensor('float32', identity, [heads * size, heads * size]),
      });
      const session = await openSession(
        { path: 'norms', bytes: normGraph(), folder: gram.folder },
        { threads: 1, background: true },
      );
      const grams = Array.from({ length: layers }, (_, layer) =>
        session.tensor('float32', floatsOf(outputs, gramOutput(layer)), [valueHeads, heads / valueHeads, size, size]),
      );
      return new ValueNorms(session, grams, sizes);
    } finally {
      await matrices.dispose();
    }
  }

  /**
   * @param values of one layer [value heads, rows, size]
   * @returns [heads, rows]
   */
  async of(layer: number, values: Float32Array): Promise<Float32Array> {
    const { valueHeads, size } = this.sizes;
    const rows = values.length / valueHeads / size;
    const outputs = await this.session.run({
      values: this.session.tensor('float32', values, [valueHeads, 1, rows, size]),
      gram: this.grams[layer] as Tensor,
    });
    return floatsOf(outputs, 'norms');
  }

  dispose(): Promise<void> {
    return this.session.dispose();
  }
}

/** √(v·G·vᵀ). Rounding may leave less than nothing under the root. */
function normGraph(): Uint8Array {
  const graph = create(GraphProtoSchema, { name: 'norms' });
  graph.input.push(
    valueInfo('values', DataType.FLOAT, ['value_heads', 1, 'rows', 'size']),
    valueInfo('gram', DataType.FLOAT, ['value_heads', 'group', 'size', 'size']),
  );
  graph.initializer.push(integers('last', [-1n]));
  graph.node.push(
    node('MatMul', ['values', 'gram'], ['weighted']),
    node('Mul', ['weighted', 'values'], ['products']),
    node('ReduceSum', ['products', 'last'], ['squares'], { attributes: { keepdims: 0n } }),
    node('Relu', ['squares'], ['positive']),
    node('Sqrt', ['positive'], ['norms']),
  );
  graph.output.push(valueInfo('norms', DataType.FLOAT, ['value_heads', 'group', 'rows']));
  return toBinary(
    ModelProtoSchema,
    create(ModelProtoSchema, { irVersion: 10n, opsetImport: [{ domain: '', version: 20n }], graph }),
  );
}
