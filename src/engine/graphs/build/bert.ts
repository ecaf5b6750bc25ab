/**
 * The graph of a BERT encoder, built from its published weights: token ids in, a vector for each token out, pooled by who runs
 * it. Used by `assembleEncoder`. Computes the same as `BertModel` of `transformers` (modeling_bert.py) without its pooler.
 */
import { microsoft, valueInfo } from '../elements';
import { DataType } from '../onnx';
import type { ModelProto } from '../onnx';
import type { BertShape } from './bertConfig';
import { GraphWriter } from './graphWriter';
import { quantizeRows, transpose } from './rowQuantization';
import type { WeightWriter } from './weightWriter';

/** `int8`: matrices and token vectors in bytes, with a scale for each output or token. */
export type BertPrecision = 'float32' | 'int8';

/** Gives a tensor of the published weights. @param name as `BertModel` names it @param shape that it has to have */
export type ReadTensor = (name: string, shape: readonly number[]) => Promise<Float32Array>;

/**
 * Inputs `input_ids` and `attention_mask`, int64 [texts, tokens]; output `last_hidden_state`, float32 [texts, tokens, width].
 *
 * @throws {unknown} what `read` and `file` throw
 */
export async function buildBert(
  shape: BertShape,
  precision: BertPrecision,
  read: ReadTensor,
  file: WeightWriter,
): Promise<ModelProto> {
  const builder = new BertBuilder(shape, precision, read, new GraphWriter(file));
  let values = await builder.embeddings();
  for (let layer = 0; layer < shape.layers; layer++) values = await builder.layer(layer, values);
  return builder.finish();
}

class BertBuilder {
  constructor(
    private readonly shape: BertShape,
    private readonly precision: BertPrecision,
    private readonly read: ReadTensor,
    private readonly graph: GraphWriter,
  ) {}

  /** @returns the name of what goes into the first layer */
  async embeddings(): Promise<string> {
    const { graph } = this;
    const { width, positions } = this.shape;
    const tokens = await this.#tokenVectors();
    const all = await graph.floats('embeddings.places', await this.#places(), [positions, width]);
    const sizes = graph.node('Shape', ['input_ids'], 'sizes');
    const length = graph.node('Slice', [sizes, graph.integers(1n), graph.integers(2n)], 'length');
    const places = graph.node('Slice', [all, graph.integers(0n), length, graph.integers(0n)], 'places');
    graph.node('Cast', ['attention_mask'], 'mask', { attributes: { to: BigInt(DataType.INT32) } });
    return this.#norm('embeddings.LayerNorm', graph.node('Add', [tokens, places], 'embeddings.sum'), 'embeddings.out');
  }

  /** @param input the name of what goes in @returns that of what comes out */
  async layer(number: number, input: string): Promise<string> {
    const { graph } = this;
    const { width, heads, feedForward, layers } = this.shape;
    const name = `encoder.layer.${number}`;
    const parts: string[] = [];
    for (const part of ['query', 'key', 'value'])
      parts.push(await this.#product(`${name}.attention.self.${part}`, input, width, width));
    const attended = graph.node(
      'MultiHeadAttention',
      [...parts, await this.#attentionBias(name), 'mask'],
      `${name}.attended`,
      { domain: microsoft, attributes: { num_heads: BigInt(heads) } },
    );
    const joined = await this.#linear(`${name}.attention.output.dense`, attended, width, width);
    const middle = await this.#norm(
      `${name}.attention.output.LayerNorm`,
      graph.node('Add', [joined, input], `${name}.attention.sum`),
      `${name}.middle`,
    );
    const wide = await this.#product(`${name}.intermediate.dense`, middle, width, feedForward);
    const bias = await this.#vector(`${name}.intermediate.dense.bias`, feedForward);
    // The exact GELU, by the error function.
    const activated = graph.node('BiasGelu', [wide, bias], `${name}.activated`, { domain: microsoft });
    const narrow = await this.#linear(`${name}.output.dense`, activated, feedForward, width);
    return this.#norm(
      `${name}.output.LayerNorm`,
      graph.node('Add', [narrow, middle], `${name}.sum`),
      number === layers - 1 ? 'last_hidden_state' : `${name}.out`,
    );
  }

  finish(): ModelProto {
    const perToken = (name: string) => valueInfo(name, DataType.INT64, ['texts', 'tokens']);
    return this.graph.model(
      'bert',
      [perToken('input_ids'), perToken('attention_mask')],
      [valueInfo('last_hidden_state', DataType.FLOAT, ['texts', 'tokens', this.shape.width])],
    );
  }

  async #tokenVectors(): Promise<string> {
    const { graph } = this;
    const { vocabulary, width } = this.shape;
    const name = 'embeddings.word_embeddings.weight';
    const values = await this.read(name, [vocabulary, width]);
    const rows = (table: string, what: string) => graph.node('Gather', [table, 'input_ids'], `embeddings.${what}`);
    if (this.precision === 'float32') return rows(await graph.floats(name, values, [vocabulary, width]), 'tokens');
    const { bytes, scales } = quantizeRows(values, vocabulary, width);
    const numbers = this.#toFloat(rows(await graph.bytes(`${name}.bytes`, bytes, [vocabulary, width]), 'bytes'));
    const factors = rows(await graph.floats(`${name}.scales`, scales, [vocabulary, 1]), 'scales');
    return graph.node('Mul', [numbers, factors], 'embeddings.tokens');
  }

  /** Vectors of the positions. All texts are of the first type, whose vector is added here once for all. */
  async #places(): Promise<Float32Array> {
    const { width, positions, types } = this.shape;
    const places = await this.read('embeddings.position_embeddings.weight', [positions, width]);
    const kinds = await this.read('embeddings.token_type_embeddings.weight', [types, width]);
    return places.map((value, at) => value + (kinds[at % width] as number));
  }

  /** What is added to queries, keys and values, one behind the other. @param layer its name */
  async #attentionBias(layer: string): Promise<string> {
    const { width } = this.shape;
    const joined = new Float32Array(3 * width);
    for (const [at, part] of ['query', 'key', 'value'].entries())
      joined.set(await this.read(`${layer}.attention.self.${part}.bias`, [width]), at * width);
    return this.graph.floats(`${layer}.attention.self.bias`, joined);
  }

  async #linear(name: string, input: string, rows: number, columns: number): Promise<string> {
    const product = await this.#product(name, input, rows, columns);
    return this.graph.node('Add', [product, await this.#vector(`${name}.bias`, columns)], `${name}.out`);
  }

  /** The product with a matrix that is published as [columns, rows]. */
  async #product(name: string, input: string, rows: number, columns: number): Promise<string> {
    const values = await this.read(`${name}.weight`, [columns, rows]);
    const weights = await this.#weights(`${name}.weight`, values, rows, columns);
    return this.graph.node('MatMul', [input, weights], `${name}.product`);
  }

  async #weights(name: string, values: Float32Array, rows: number, columns: number): Promise<string> {
    const { graph } = this;
    if (this.precision === 'float32') return graph.floats(name, transpose(values, columns, rows), [rows, columns]);
    const { bytes, scales } = quantizeRows(values, columns, rows);
    // In this form ONNX Runtime makes floats of them when it loads the graph, and `roundRows` takes the bytes as they are.
    const numbers = this.#toFloat(await graph.bytes(`${name}.bytes`, transpose(bytes, columns, rows), [rows, columns]));
    return graph.node('Mul', [numbers, await graph.floats(`${name}.scales`, scales)], name);
  }

  #toFloat(bytes: string): string {
    return this.graph.node('Cast', [bytes], `${bytes}.numbers`, { attributes: { to: BigInt(DataType.FLOAT) } });
  }

  async #vector(name: string, size: number): Promise<string> {
    return this.graph.floats(name, await this.read(name, [size]));
  }

  async #norm(name: string, input: string, output: string): Promise<string> {
    const { width, epsilon } = this.shape;
    const [weight, bias] = [await this.#vector(`${name}.weight`, width), await this.#vector(`${name}.bias`, width)];
    return this.graph.node('LayerNormalization', [input, weight, bias], output, { attributes: { axis: -1n, epsilon } });
  }
}
