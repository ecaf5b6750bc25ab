/**
 * Opens an encoder's or decoder's graph without a cache, instrumented, and returns every layer's weights for a whole
 * text in one run; used by `sequenceAttention.ts`. Weights are checked before first use.
 */
import { toBinary } from '@bufbuild/protobuf';
import { basename, dirname } from 'node:path';
import { EngineError } from '../../ipc/engine/errors';
import { GraphEditor } from '../graphs/graphEditor';
import { DataType, ModelProtoSchema } from '../graphs/onnx';
import { settleWeights } from '../graphs/weightFolder';
import { readWeightless } from '../graphs/weightlessModel';
import type { CaptureWay } from '../../ipc/engine/messages/attention';
import { checkGraphFile, openSession } from '../runtime/session';
import type { Session, SessionOptions, Tensor, Tensors } from '../runtime/session';
import { floatsOf } from './decoderReader';
import { instrument } from './graph/instrument';
import type { ExposedSite } from './graph/instrument';
import { gramGraph } from './graph/outputMatrix';
import { differenceOfMix } from './selfTest';
import { ValueNorms } from './valueNorms';

/** Largest part by which weights times values may differ from what attention made of them. */
const tolerance = 2e-2;
const half: number = DataType.FLOAT16;
/** Outputs of encoders and of decoders under which they give what is wanted of them. */
const results = ['last_hidden_state', 'token_embeddings', 'logits'];

/** What a graph without a cache is given: tokens, and for decoders what the encoder made of its own. */
export interface GraphInput {
  readonly ids: Int32Array;
  readonly encoded?: { readonly hidden: Float32Array; readonly tokens: number };
}

/** One layer's attention in a run. */
export interface SiteRun {
  /** [heads, rows, columns]. */
  readonly weights: Float32Array;
  readonly heads: number;
  readonly rows: number;
  readonly columns: number;
  /** ‖v_j·W_O‖ [heads, columns], where the matrix behind attention was found. */
  readonly norms: Float32Array | undefined;
}

/** A graph that runs a whole text at once, with its attention. */
export class GraphReader {
  #norms: ValueNorms | undefined;

  private constructor(
    private readonly session: Session,
    private readonly sites: readonly ExposedSite[],
    private readonly name: string,
  ) {}

  /**
   * @param probe runs by which weights are tried before they are believed
   * @throws {EngineError} `modelMissing`, `modelInvalid` or `runtime`
   */
  static async open(path: string, probe: GraphInput, options: SessionOptions): Promise<GraphReader> {
    await checkGraphFile(path);
    const model = readWeightless(path);
    const fail = (what: string) =>
      new EngineError('runtime', `The attention of ${basename(path)} cannot be read: ${what}.`);
    const folder = model.graph && (await settleWeights(model.graph, dirname(path)));
    if (!model.graph || folder === undefined) throw fail('the graph is of a form that is not understood');
    const editor = new GraphEditor(model.graph);
    if (editor.hasBranches) throw fail('the graph has branches; export it without merging');
    const type = model.graph.initializer.some(({ dataType }) => dataType === half) ? 'float16' : 'float32';
    const sites = instrument(editor, { bias: false, type, values: true });
    if (sites.length === 0) throw fail('the graph has no attention that is understood');
    const session = await openSession({ path, bytes: toBinary(ModelProtoSchema, model), folder }, options);
    try {
      const reader = new GraphReader(session, sites, basename(path));
      const form = await reader.#check(probe, fail);
      const bytes =
        sites.every(({ way }) => way === 'softmax') &&
        gramGraph(
          model,
          editor,
          sites.map(({ site }) => site.mixed),
          { ...form, type: type === 'float16' ? DataType.FLOAT16 : DataType.FLOAT },
        );
      if (bytes)
        reader.#norms = await ValueNorms.open(
          { path, bytes, folder },
          { ...form, layers: sites.length, valueHeads: form.heads },
        );
      return reader;
    } catch (error) {
      await session.dispose();
      throw error;
    }
  }

  get way(): CaptureWay {
    return (this.sites[0] as ExposedSite).way;
  }

  get weighsValues(): boolean {
    return this.#norms !== undefined;
  }

  /** @throws {EngineError} `runtime` */
  async run(input: GraphInput): Promise<{ result: Float32Array; sites: SiteRun[] }> {
    const outputs = await this.session.run(this.#feeds(input));
    const sites: SiteRun[] = [];
    for (const [at, site] of this.sites.entries()) {
      const norms = this.#norms && (await this.#norms.of(at, floatsOf(outputs, site.values ?? '')));
      sites.push({ ...formOf(outputs, site), norms });
    }
    return { result: floatsOf(outputs, results.find((name) => name in outputs) ?? ''), sites };
  }

  dispose(): Promise<void> {
    return this.session.dispose();
  }

  /** @returns query heads and their size, which all layers share */
  async #check(probe: GraphInput, fail: (what: string) => EngineError): Promise<{ heads: number; size: number }> {
    const outputs = await this.session.run(this.#feeds(probe));
    const forms = this.sites.map((site) => {
      const { heads, rows, columns, weights } = formOf(outputs, site);
      const mixed = floatsOf(outputs, site.mixed);
      const fused = site.way !== 'softmax';
      const attended = {
        weights,
        values: floatsOf(outputs, site.values ?? ''),
        valuesByToken: fused,
        mixed,
        rows,
        columns,
        valueHeads: heads,
      };
      if (!(differenceOfMix(attended, fused) <= tolerance))
        throw fail('its weights are not what it weighs its values with');
      return { heads, size: mixed.length / heads / rows };
    });
    const [first] = forms;
    if (!first || forms.some(({ heads, size }) => heads !== first.heads || size !== first.size))
      throw fail('its layers have heads of different numbers or sizes');
    return first;
  }

  #feeds({ ids, encoded }: GraphInput): Tensors {
    const perToken = (length: number, value: (at: number) => number): Tensor =>
      this.session.tensor(
        'int64',
        BigInt64Array.from({ length }, (_, at) => BigInt(value(at))),
        [1, length],
      );
    const makers: Record<string, () => Tensor> = {
      input_ids: () => perToken(ids.length, (at) => ids[at] as number),
      attention_mask: () => perToken(ids.length, () => 1),
      token_type_ids: () => perToken(ids.length, () => 0),
      position_ids: () => perToken(ids.length, (at) => at),
      ...(encoded && {
        encoder_hidden_states: () =>
          this.session.tensor('float32', encoded.hidden, [1, encoded.tokens, encoded.hidden.length / encoded.tokens]),
        encoder_attention_mask: () => perToken(encoded.tokens, () => 1),
      }),
    };
    const feeds: Tensors = {};
    for (const name of this.session.inputs.keys()) {
      const make = makers[name];
      if (!make)
        throw new EngineError('runtime', `The attention of ${this.name} cannot be read: it wants the input ${name}.`);
      feeds[name] = make();
    }
    return feeds;
  }
}

function formOf(outputs: Readonly<Tensors>, { weights }: ExposedSite): Omit<SiteRun, 'norms'> {
  const [, heads = 0, rows = 0, columns = 0] = outputs[weights]?.dims ?? [];
  return { weights: floatsOf(outputs, weights), heads, rows, columns };
}
