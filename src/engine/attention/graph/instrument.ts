/**
 * Edits a graph so that every layer's attention weights, and optionally its values and a bias input, become outputs
 * and inputs; used by `openDecoder.ts` and `graphReader.ts`.
 */
import { create } from '@bufbuild/protobuf';
import { integers, node, valueInfo } from '../../graphs/elements';
import type { GraphEditor } from '../../graphs/graphEditor';
import { DataType, ValueInfoProtoSchema } from '../../graphs/onnx';
import { findSites } from './sites';
import type { Site } from './sites';

/** The input that is added to all scores: [1, 1, queries, keys]. */
export const biasInput = 'glassbox/bias';

/** What a layer's attention is called in an instrumented graph. */
export interface ExposedSite {
  readonly way: Site['way'];
  /** Output [batch, heads, queries, keys], float32. */
  readonly weights: string;
  /** Output: what the layer makes of the values, heads together. */
  readonly mixed: string;
  /** Output: the values, [batch, key-value heads, keys, head size] or [batch, keys, heads·size]; undefined where a cache holds them. */
  readonly values: string | undefined;
  readonly site: Site;
}

export interface InstrumentOptions {
  /** Whether `biasInput` goes in, so that tokens can be hidden. */
  readonly bias: boolean;
  /** Element type of the graph's activations. */
  readonly type: 'float32' | 'float16';
  /** Whether values go out; where a cache has them, they need not. */
  readonly values: boolean;
}

/**
 * Lets a graph give out the attention weights of every layer, and what is needed to check them.
 *
 * @returns the layers' outputs, none where the graph has no attention that is understood
 */
export function instrument(editor: GraphEditor, { bias, type, values }: InstrumentOptions): ExposedSite[] {
  const sites = findSites(editor);
  const biasName = bias ? addBiasInput(editor, type) : undefined;
  return sites.map((site, layer) => {
    const weights = `glassbox/attention/${layer}`;
    site.expose(editor, `${weights}/raw`, type === 'float16' ? DataType.FLOAT16 : DataType.FLOAT);
    editor.append(node('Cast', [`${weights}/raw`], [weights], { attributes: { to: BigInt(DataType.FLOAT) } }));
    if (biasName !== undefined) site.addBias(editor, biasName);
    const checked = (value: string | undefined, name: string): string | undefined => {
      if (value === undefined) return undefined;
      editor.append(node('Cast', [value], [name], { attributes: { to: BigInt(DataType.FLOAT) } }));
      giveOut(editor, name);
      return name;
    };
    giveOut(editor, weights);
    return {
      way: site.way,
      weights,
      mixed: checked(site.mixed, `glassbox/mixed/${layer}`) ?? '',
      values: values ? checked(valuesOf(editor, site, layer), `glassbox/values/${layer}`) : undefined,
      site,
    };
  });
}

/** What is weighed, with the last third of the bias where the operator adds one. */
function valuesOf(editor: GraphEditor, { values, bias }: Site, layer: number): string | undefined {
  if (values === undefined || bias === undefined) return values;
  const name = (part: string) => `glassbox/value_bias/${layer}/${part}`;
  editor.graph.initializer.push(integers(name('shape'), [3n, -1n]), integers(name('third'), [2n]));
  editor.append(
    node('Reshape', [bias, name('shape')], [name('thirds')]),
    node('Gather', [name('thirds'), name('third')], [name('row')]),
    node('Add', [values, name('row')], [name('sum')]),
  );
  return name('sum');
}

/** ONNX Runtime infers type and shape. */
function giveOut(editor: GraphEditor, name: string): void {
  editor.graph.output.push(create(ValueInfoProtoSchema, { name }));
}

/** @returns the bias in the type that attention calculates in */
function addBiasInput(editor: GraphEditor, type: InstrumentOptions['type']): string {
  editor.graph.input.push(valueInfo(biasInput, DataType.FLOAT, [1, 1, 'glassbox/queries', 'glassbox/keys']));
  if (type === 'float32') return biasInput;
  const cast = `${biasInput}/half`;
  editor.insert([node('Cast', [biasInput], [cast], { attributes: { to: BigInt(DataType.FLOAT16) } })]);
  return cast;
}
