/**
 * The parts that graphs of all encoders are built from: token vectors, products with published matrices and norms, in float32 or in
 * bytes. Used by `bert.ts` and `modernBert.ts`; every method returns the name of the value that it makes.
 */
import { valueInfo } from '../elements';
import { DataType } from '../onnx';
import type { ModelProto } from '../onnx';
import type { GraphWriter } from './graphWriter';
import { quantizeRows, transpose } from './rowQuantization';

/** `int8`: matrices and token vectors in bytes, with a scale for each output or token. */
export type EncoderPrecision = 'float32' | 'int8';

/** Gives a tensor of the published weights. @param name as the model's class names it @param shape that it has to have */
export type ReadTensor = (name: string, shape: readonly number[]) => Promise<Float32Array>;

export class EncoderWriter {
  constructor(
    readonly graph: GraphWriter,
    private readonly precision: EncoderPrecision,
    private readonly read: ReadTensor,
    private readonly shape: { readonly vocabulary: number; readonly width: number; readonly epsilon: number },
  ) {}

  /** @param name of the table of token vectors */
  async tokenVectors(name: string): Promise<string> {
    const { graph } = this;
    const { vocabulary, width } = this.shape;
    const values = await this.read(name, [vocabulary, width]);
    const rows = (table: string, what: string) => graph.node('Gather', [table, 'input_ids'], `embeddings.${what}`);
    if (this.precision === 'float32') return rows(await graph.floats(name, values, [vocabulary, width]), 'tokens');
    const { bytes, scales } = quantizeRows(values, vocabulary, width);
    const numbers = this.#toFloat(rows(await graph.bytes(`${name}.bytes`, bytes, [vocabulary, width]), 'bytes'));
    const factors = rows(await graph.floats(`${name}.scales`, scales, [vocabulary, 1]), 'scales');
    return graph.node('Mul', [numbers, factors], 'embeddings.tokens');
  }

  /** The number of tokens of the longest text, one-dimensional. */
  length(): string {
    const { graph } = this;
    const sizes = graph.node('Shape', ['input_ids'], 'sizes');
    return graph.node('Slice', [sizes, graph.integers(1n), graph.integers(2n)], 'length');
  }

  /** The mask of padding as attention takes it. */
  mask(): string {
    return this.graph.node('Cast', ['attention_mask'], 'mask', { attributes: { to: BigInt(DataType.INT32) } });
  }

  /** The product with a matrix that is published as [columns, rows] and has a name. */
  async product(name: string, input: string, rows: number, columns: number): Promise<string> {
    return this.productWith(name, await this.read(`${name}.weight`, [columns, rows]), input, rows);
  }

  /** The product with a matrix [columns, rows]. */
  async productWith(name: string, values: Float32Array, input: string, rows: number): Promise<string> {
    const weights = await this.#weights(`${name}.weight`, values, rows);
    return this.graph.node('MatMul', [input, weights], `${name}.product`);
  }

  async vector(name: string, size: number): Promise<string> {
    return this.graph.floats(name, await this.read(name, [size]));
  }

  /** Layer normalisation. @param biased whether something is added, too */
  async norm(name: string, input: string, output: string, biased = true): Promise<string> {
    const { width, epsilon } = this.shape;
    const parts = [await this.vector(`${name}.weight`, width)];
    if (biased) parts.push(await this.vector(`${name}.bias`, width));
    return this.graph.node('LayerNormalization', [input, ...parts], output, { attributes: { axis: -1n, epsilon } });
  }

  /** The graph, with int64 `input_ids` and `attention_mask` [texts, tokens], and float32 `last_hidden_state` [texts, tokens, width]. */
  finish(name: string): ModelProto {
    const perToken = (input: string) => valueInfo(input, DataType.INT64, ['texts', 'tokens']);
    return this.graph.model(
      name,
      [perToken('input_ids'), perToken('attention_mask')],
      [valueInfo('last_hidden_state', DataType.FLOAT, ['texts', 'tokens', this.shape.width])],
    );
  }

  async #weights(name: string, values: Float32Array, rows: number): Promise<string> {
    const { graph } = this;
    const columns = values.length / rows;
    if (this.precision === 'float32') return graph.floats(name, transpose(values, columns, rows), [rows, columns]);
    const { bytes, scales } = quantizeRows(values, columns, rows);
    // In this form ONNX Runtime makes floats of them when it loads the graph, and `roundRows` takes the bytes as they are.
    const numbers = this.#toFloat(await graph.bytes(`${name}.bytes`, transpose(bytes, columns, rows), [rows, columns]));
    return graph.node('Mul', [numbers, await graph.floats(`${name}.scales`, scales)], name);
  }

  #toFloat(bytes: string): string {
    return this.graph.node('Cast', [bytes], `${bytes}.numbers`, { attributes: { to: BigInt(DataType.FLOAT) } });
  }
}
