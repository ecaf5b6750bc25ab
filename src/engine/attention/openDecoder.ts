/**
 * Opens an instrumented copy of a decoder in its own CPU session, first with a bias input, then without, and checks
 * the attention weights it outputs on a short text; used by `decoderAttention.ts`.
 */
import { basename } from 'node:path';
import { readGraph } from '../decoder/graph';
import type { DecoderGraph } from '../decoder/graph';
import { EngineError } from '../../ipc/engine/errors';
import type { DecoderFolder } from '../../modelFolder/layouts/types';
import type { GraphEditor } from '../graphs/graphEditor';
import { DataType } from '../graphs/onnx';
import type { ModelProto } from '../graphs/onnx';
import { prepareGraph } from '../graphs/prepare';
import type { PreparedGraph } from '../graphs/prepare';
import { keepActivations } from '../graphs/rewrites/accuracy';
import type { CaptureWay } from '../../ipc/engine/messages/attention';
import { checkGraphFile, openSession } from '../runtime/session';
import type { Session, SessionOptions } from '../runtime/session';
import { DecoderReader } from './decoderReader';
import type { ReadRows } from './decoderReader';
import { biasInput, instrument } from './graph/instrument';
import type { ExposedSite } from './graph/instrument';
import { gramGraph } from './graph/outputMatrix';
import { passes } from './selfTest';
import { ValueNorms } from './valueNorms';
import { errorMessage } from '../../common/errorMessage';

const half: number = DataType.FLOAT16;

export interface ReaderOptions extends SessionOptions {
  /** Calculates 4- and 8-bit matrices without rounding activations, which completion does: for comparison with references. */
  readonly exact?: boolean;
  /** Called with a sentence for the log for each way that was tried and failed. */
  readonly log?: (sentence: string) => void;
}

/** A decoder of which everything about its attention is known. */
export interface OpenDecoderReader {
  readonly reader: DecoderReader;
  readonly way: CaptureWay;
  readonly layers: number;
  /** Query heads of each layer. */
  readonly heads: number;
  /** Undefined where the matrix behind attention was not found. */
  readonly norms: ValueNorms | undefined;
}

/**
 * Opens an instrumented copy of a decoder: a session of its own, on the CPU, that shares the weights' files with the
 * one that completes, and nothing else. What it gives out as weights is tried on a short text before it is believed.
 *
 * @throws {EngineError} `modelMissing`, `modelInvalid` or `runtime`
 */
export async function openDecoderReader(folder: DecoderFolder, options: ReaderOptions): Promise<OpenDecoderReader> {
  await checkGraphFile(folder.graph);
  const reasons: string[] = [];
  // Tokens can be hidden only where scores can be changed, and attention can be shown where they cannot.
  for (const bias of [true, false]) {
    try {
      return await attempt(folder, options, bias);
    } catch (error) {
      const reason = errorMessage(error);
      reasons.push(reason);
      options.log?.(`Attention of ${folder.name} could not be read ${bias ? 'and changed' : 'unchanged'}: ${reason}`);
    }
  }
  throw new EngineError('runtime', `The attention of ${folder.name} cannot be read: ${reasons.at(-1) ?? ''}`);
}

interface Instrumented {
  readonly prepared: PreparedGraph;
  readonly sites: readonly ExposedSite[];
  readonly editor: GraphEditor;
  readonly model: ModelProto;
  readonly type: 'float32' | 'float16';
}

async function attempt(folder: DecoderFolder, options: ReaderOptions, bias: boolean): Promise<OpenDecoderReader> {
  const instrumented = await instrumentGraph(folder, options, bias);
  const { prepared, sites } = instrumented;
  const session = await openSession({ ...prepared, path: folder.graph }, { ...options, fillsOutputs: true });
  try {
    const graph = readGraph(withoutBias(session), folder, prepared.cacheForm);
    if (sites.length !== graph.slots.length / 2) {
      throw new Error(
        `it has ${graph.slots.length / 2} layers, but ${sites.length} places where attention is calculated.`,
      );
    }
    const reader = new DecoderReader(session, graph, sites, folder.contextLength);
    const heads = await checkWeights(reader, graph, sites, instrumented.type, folder);
    const norms = await openNorms(folder, instrumented, graph, heads, options);
    return { reader, way: (sites[0] as ExposedSite).way, layers: sites.length, heads, norms };
  } catch (error) {
    await session.dispose();
    throw error;
  }
}

async function instrumentGraph(folder: DecoderFolder, options: ReaderOptions, bias: boolean): Promise<Instrumented> {
  let sites: readonly ExposedSite[] = [];
  let changed: Pick<Instrumented, 'editor' | 'model'> | undefined;
  let type: Instrumented['type'] = 'float32';
  const prepared = await prepareGraph(folder.graph, {
    inPlace: false,
    roundActivations: folder.cacheOutputs === 'copy',
    change(editor, model) {
      if (options.exact) keepActivations(editor);
      const cache = editor.input('past_key_values.0.key')?.type?.value;
      type = cache?.case === 'tensorType' && cache.value.elemType === half ? 'float16' : 'float32';
      sites = instrument(editor, { bias, type, values: false });
      changed = { editor, model };
    },
  });
  if (!prepared || !changed)
    throw new Error(`the graph ${basename(folder.graph)} is of a form that is not understood.`);
  if (sites.length === 0) throw new Error(`the graph ${basename(folder.graph)} has no attention that is understood.`);
  return { prepared, sites, ...changed, type };
}

/** @returns how many query heads there are */
async function checkWeights(
  reader: DecoderReader,
  graph: DecoderGraph,
  sites: readonly ExposedSite[],
  type: Instrumented['type'],
  folder: DecoderFolder,
): Promise<number> {
  const text = Int32Array.from(
    { length: Math.min(16, folder.contextLength - 1) },
    (_, at) => (at * 7919 + 13) % folder.vocabularySize,
  );
  for await (const run of reader.read(text, { from: 0 }, () => Promise.resolve(undefined))) {
    const headsBehindTokens = sites[0]?.way !== 'softmax';
    if (!passes(run, graph.heads, headsBehindTokens, type))
      throw new Error('its weights are not what it weighs its values with.');
    return headCount(run);
  }
  throw new Error('it runs no text.');
}

const headCount = ({ weights, rows, columns }: ReadRows): number => (weights[0]?.length ?? 0) / rows / columns;

/** Showing attention without the size of values is worth more than nothing. */
async function openNorms(
  folder: DecoderFolder,
  { prepared, sites, editor, model, type }: Instrumented,
  graph: DecoderGraph,
  heads: number,
  options: ReaderOptions,
): Promise<ValueNorms | undefined> {
  try {
    const form = { heads, size: graph.headSize, type: type === 'float16' ? DataType.FLOAT16 : DataType.FLOAT } as const;
    const bytes = gramGraph(
      model,
      editor,
      sites.map(({ site }) => site.mixed),
      form,
    );
    if (!bytes) return undefined;
    return await ValueNorms.open(
      { path: folder.graph, bytes, folder: prepared.folder },
      { layers: sites.length, heads, valueHeads: graph.heads, size: graph.headSize },
    );
  } catch (error) {
    options.log?.(`The values of ${folder.name} cannot be weighed: ${errorMessage(error)}`);
    return undefined;
  }
}

/** The session as its model's author knows it. */
function withoutBias({ inputs, outputs }: Session): Pick<Session, 'inputs' | 'outputs'> {
  return { inputs: new Map([...inputs].filter(([name]) => name !== biasInput)), outputs };
}
