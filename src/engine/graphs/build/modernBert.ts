/**
 * The graph of a ModernBERT encoder (Warner et al. 2024, arXiv:2412.13663), built from its published weights: token ids in, a vector
 * for each token out, pooled by who runs it. Used by `assembleEncoder`. Computes the same as `ModernBertModel` of `transformers`
 * (modeling_modernbert.py): rotated queries and keys, layers that see tokens near by only among such that see all, GELU with a gate,
 * and no biases.
 */
import type { ModernBertShape } from '../../../modelFolder/safetensors/encoderConfig';
import { microsoft } from '../elements';
import { DataType } from '../onnx';
import type { ModelProto } from '../onnx';
import { frequenciesOf } from './decoder';
import { EncoderWriter } from './encoderWriter';
import type { EncoderPrecision, ReadTensor } from './encoderWriter';
import { GraphWriter } from './graphWriter';
import type { WeightWriter } from './weightWriter';

/** Added to scores of what a token does not see: no weight is left of it, and what is padded besides stays a finite number. */
const unseen = -10_000;

/**
 * Inputs and output as `EncoderWriter.finish` has them.
 *
 * @throws {unknown} what `read` and `file` throw
 */
export async function buildModernBert(
  shape: ModernBertShape,
  precision: EncoderPrecision,
  read: ReadTensor,
  file: WeightWriter,
): Promise<ModelProto> {
  const writer = new EncoderWriter(new GraphWriter(file), precision, read, shape);
  const builder = new ModernBertBuilder(shape, read, writer);
  let stream = await builder.embeddings();
  for (let layer = 0; layer < shape.layers; layer++) stream = await builder.layer(layer, stream);
  await writer.norm('final_norm', stream, 'last_hidden_state', false);
  return writer.finish('modernbert');
}

class ModernBertBuilder {
  constructor(
    private readonly shape: ModernBertShape,
    private readonly read: ReadTensor,
    private readonly writer: EncoderWriter,
  ) {}

  /** @returns the name of what goes into the first layer */
  async embeddings(): Promise<string> {
    const { writer } = this;
    const { ropeBase, localRopeBase, isLocal } = this.shape;
    const tokens = await writer.tokenVectors('embeddings.tok_embeddings.weight');
    writer.mask();
    const places = this.#places();
    await this.#rotation('all', ropeBase);
    if (isLocal.includes(true)) {
      await this.#rotation('near', localRopeBase);
      this.#nearness(places);
    }
    return writer.norm('embeddings.norm', tokens, 'embeddings.out', false);
  }

  /** @param stream the name of what the layer adds to @returns that of the sum */
  async layer(number: number, stream: string): Promise<string> {
    const { writer } = this;
    const { graph } = writer;
    const { width, feedForward } = this.shape;
    const name = `layers.${number}`;
    // The first layer takes the vectors of tokens, which are normalised already.
    const normed = number === 0 ? stream : await writer.norm(`${name}.attn_norm`, stream, `${name}.normed`, false);
    const mixed = await this.#attention(number, normed);
    const attended = graph.node(
      'Add',
      [await writer.product(`${name}.attn.Wo`, mixed, width, width), stream],
      `${name}.attended`,
    );
    const inner = await writer.norm(`${name}.mlp_norm`, attended, `${name}.inner`, false);
    const [input, gate] = await this.#split(`${name}.mlp.Wi`, ['input', 'gate'], feedForward, inner);
    const bent = graph.node('Gelu', [input], `${name}.bent`);
    const gated = graph.node('Mul', [bent, gate], `${name}.gated`);
    const narrow = await writer.product(`${name}.mlp.Wo`, gated, feedForward, width);
    return graph.node('Add', [narrow, attended], `${name}.out`);
  }

  async #attention(number: number, normed: string): Promise<string> {
    const { graph } = this.writer;
    const { width, heads, isLocal } = this.shape;
    const name = `layers.${number}.attn`;
    const near = isLocal[number] === true;
    const kind = near ? 'near' : 'all';
    const [query, key, value] = await this.#split(`${name}.Wqkv`, ['query', 'key', 'value'], width, normed);
    const attributes = { num_heads: BigInt(heads) };
    const rotated = [query, key].map((one) =>
      graph.node('RotaryEmbedding', [one, 'first_place', `${kind}.cosines`, `${kind}.sines`], `${one}.rotated`, {
        domain: microsoft,
        attributes: { ...attributes, interleaved: 0n },
      }),
    );
    const inputs = [...rotated, value, '', 'mask', ...(near ? ['near.bias'] : [])];
    return graph.node('MultiHeadAttention', inputs, `${name}.mixed`, { domain: microsoft, attributes });
  }

  /** Products with matrices that lie in one tensor, the rows of one behind those of another. */
  async #split<const Parts extends readonly string[]>(
    name: string,
    parts: Parts,
    columns: number,
    input: string,
  ): Promise<{ [Part in keyof Parts]: string }> {
    const { width } = this.shape;
    const values = await this.read(`${name}.weight`, [parts.length * columns, width]);
    const products: string[] = [];
    for (const [at, part] of parts.entries()) {
      const matrix = values.subarray(at * columns * width, (at + 1) * columns * width);
      products.push(await this.writer.productWith(`${name}.${part}`, matrix, input, width));
    }
    return products as { [Part in keyof Parts]: string };
  }

  /** Numbers of the tokens of a text [tokens], as floats. */
  #places(): string {
    const { graph } = this.writer;
    graph.node('Identity', [graph.integers(0n)], 'first_place');
    const length = graph.node('Squeeze', [this.writer.length()], 'length.scalar');
    const end = graph.node('Cast', [length], 'length.float', { attributes: { to: BigInt(DataType.FLOAT) } });
    return graph.node('Range', [graph.float(0), end, graph.float(1)], 'places');
  }

  /** Cosines and sines [positions, half a head]: the runtime makes constants of them when it loads the graph. */
  async #rotation(kind: 'all' | 'near', ropeBase: number): Promise<void> {
    const { graph } = this.writer;
    const { width, heads, positions } = this.shape;
    const frequencies = frequenciesOf({ headSize: width / heads, ropeBase, ropeFactors: undefined });
    const row = await graph.floats(`${kind}.frequencies`, frequencies, [1, frequencies.length]);
    const all = graph.node('Range', [graph.float(0), graph.float(positions), graph.float(1)], `${kind}.positions`);
    const column = graph.node('Unsqueeze', [all, graph.integers(1n)], `${kind}.position_column`);
    const angles = graph.node('Mul', [column, row], `${kind}.angles`);
    graph.node('Cos', [angles], `${kind}.cosines`);
    graph.node('Sin', [angles], `${kind}.sines`);
  }

  /** What is added to the scores of layers that see tokens near by: [1, 1, tokens, tokens]. */
  #nearness(places: string): void {
    const { graph } = this.writer;
    const column = graph.node('Unsqueeze', [places, graph.integers(1n)], 'near.column');
    const distance = graph.node('Abs', [graph.node('Sub', [column, places], 'near.offset')], 'near.distance');
    const isFar = graph.node('Greater', [distance, graph.float(this.shape.reach)], 'near.far');
    const far = graph.node('Cast', [isFar], 'near.far_float', { attributes: { to: BigInt(DataType.FLOAT) } });
    const bias = graph.node('Mul', [far, graph.float(unseen)], 'near.plain');
    graph.node('Unsqueeze', [bias, graph.integers(0n, 1n)], 'near.bias');
  }
}
