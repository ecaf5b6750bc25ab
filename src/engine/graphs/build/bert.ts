/**
 * The graph of a BERT encoder, built from its published weights: token ids in, a vector for each token out, pooled by who runs
 * it. Used by `assembleEncoder`. Computes the same as `BertModel` of `transformers` (modeling_bert.py) without its pooler.
 */
import type { BertShape } from '../../../modelFolder/safetensors/encoderConfig';
import { microsoft } from '../elements';
import type { ModelProto } from '../onnx';
import { EncoderWriter } from './encoderWriter';
import type { EncoderPrecision, ReadTensor } from './encoderWriter';
import { GraphWriter } from './graphWriter';
import type { WeightWriter } from './weightWriter';

/**
 * Inputs and output as `EncoderWriter.finish` has them.
 *
 * @throws {unknown} what `read` and `file` throw
 */
export async function buildBert(
  shape: BertShape,
  precision: EncoderPrecision,
  read: ReadTensor,
  file: WeightWriter,
): Promise<ModelProto> {
  const writer = new EncoderWriter(new GraphWriter(file), precision, read, shape);
  const builder = new BertBuilder(shape, read, writer);
  let values = await builder.embeddings();
  for (let layer = 0; layer < shape.layers; layer++) values = await builder.layer(layer, values);
  return writer.finish('bert');
}

class BertBuilder {
  constructor(
    private readonly shape: BertShape,
    private readonly read: ReadTensor,
    private readonly writer: EncoderWriter,
  ) {}

  /** @returns the name of what goes into the first layer */
  async embeddings(): Promise<string> {
    const { writer } = this;
    const { graph } = writer;
    const { width, positions } = this.shape;
    const tokens = await writer.tokenVectors('embeddings.word_embeddings.weight');
    const all = await graph.floats('embeddings.places', await this.#places(), [positions, width]);
    const length = writer.length();
    const places = graph.node('Slice', [all, graph.integers(0n), length, graph.integers(0n)], 'places');
    writer.mask();
    return writer.norm('embeddings.LayerNorm', graph.node('Add', [tokens, places], 'embeddings.sum'), 'embeddings.out');
  }

  /** @param input the name of what goes in @returns that of what comes out */
  async layer(number: number, input: string): Promise<string> {
    const { writer } = this;
    const { graph } = writer;
    const { width, heads, feedForward, layers } = this.shape;
    const name = `encoder.layer.${number}`;
    const parts: string[] = [];
    for (const part of ['query', 'key', 'value'])
      parts.push(await writer.product(`${name}.attention.self.${part}`, input, width, width));
    const attended = graph.node(
      'MultiHeadAttention',
      [...parts, await this.#attentionBias(name), 'mask'],
      `${name}.attended`,
      { domain: microsoft, attributes: { num_heads: BigInt(heads) } },
    );
    const joined = await this.#linear(`${name}.attention.output.dense`, attended, width, width);
    const middle = await writer.norm(
      `${name}.attention.output.LayerNorm`,
      graph.node('Add', [joined, input], `${name}.attention.sum`),
      `${name}.middle`,
    );
    const wide = await writer.product(`${name}.intermediate.dense`, middle, width, feedForward);
    const bias = await writer.vector(`${name}.intermediate.dense.bias`, feedForward);
    // The exact GELU, by the error function.
    const activated = graph.node('BiasGelu', [wide, bias], `${name}.activated`, { domain: microsoft });
    const narrow = await this.#linear(`${name}.output.dense`, activated, feedForward, width);
    return writer.norm(
      `${name}.output.LayerNorm`,
      graph.node('Add', [narrow, middle], `${name}.sum`),
      number === layers - 1 ? 'last_hidden_state' : `${name}.out`,
    );
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
    return this.writer.graph.floats(`${layer}.attention.self.bias`, joined);
  }

  async #linear(name: string, input: string, rows: number, columns: number): Promise<string> {
    const product = await this.writer.product(name, input, rows, columns);
    return this.writer.graph.node('Add', [product, await this.writer.vector(`${name}.bias`, columns)], `${name}.out`);
  }
}
