/**
 * Applies the rewrites that make a decoder's graph decode faster, in memory; used by the ways to open decoders and by
 * attention capture. Weights are not read, files not changed.
 */
import { toBinary } from '@bufbuild/protobuf';
import { dirname } from 'node:path';
import { GraphEditor } from './graphEditor';
import { ModelProtoSchema } from './onnx';
import type { ModelProto } from './onnx';
import { roundActivations } from './rewrites/accuracy';
import { cacheNames, outputNewRows, outputWholeCaches } from './rewrites/cacheRows';
import { fillBlocks } from './rewrites/fullBlocks';
import { keepLastLogits } from './rewrites/lastLogits';
import { packQueries } from './rewrites/packedQueries';
import { scaleQueries } from './rewrites/scaledQueries';
import { runInStages } from './rewrites/stages';
import type { Stages } from './rewrites/stages';
import { settleWeights } from './weightFolder';
import { readWeightless } from './weightlessModel';

/**
 * How a graph keeps its cache between runs:
 * - `whole`: it gives back the whole cache, which is fed to the next run;
 * - `newRows`: it takes buffers of any capacity and gives back the rows that were added;
 * - `inPlace`: it takes such buffers and writes added rows into them.
 */
export type CacheForm = 'whole' | 'newRows' | 'inPlace';

/** A graph that was changed for faster decoding. Weights lie where they lay. */
export interface PreparedGraph {
  /** The ONNX file's new content. */
  readonly bytes: Uint8Array;
  /** Its external data is relative to this folder. */
  readonly folder: string;
  readonly cacheForm: Exclude<CacheForm, 'whole'>;
  /** How the graph is run part by part, where that was wanted and can be done. */
  readonly stages?: Stages | undefined;
  /** What was left as it is, each to go on behind the name of the graph. */
  readonly notes: readonly string[];
}

export interface PrepareOptions {
  /** Whether caches are to be written in place, where the graph's attention can do that. */
  readonly inPlace: boolean;
  /** Whether 4- and 8-bit matrices may round activations to int8; logits change by about a hundredth then. */
  readonly roundActivations: boolean;
  /** Whether an attention's queries, keys and values may come out of one matrix. */
  readonly packQueries?: boolean;
  /** Whether an attention's queries may be scaled by the matrix that makes them; logits behind a single row change by about a thousandth then. */
  readonly scaleQueries?: boolean;
  /** Whether matrices may be filled up with zeros where the kernels of x64 processors take uneven ones on a slower path. */
  readonly fillBlocks?: boolean;
  /** Whether the graph is to be run part by part. */
  readonly stages?: boolean;
  /** Further changes, made last. */
  readonly change?: (editor: GraphEditor, model: ModelProto) => void;
}

/**
 * Changes a decoder's graph in memory: last logits only, caches that are not copied, int8 activations. Reading takes
 * tens of milliseconds whatever the model's size, since weights are neither read nor moved.
 *
 * @param path of an ONNX file in one of the public layouts, or in ours
 * @returns `undefined` where the graph is not understood; it runs as it is then
 */
export async function prepareGraph(path: string, options: PrepareOptions): Promise<PreparedGraph | undefined> {
  const model = readWeightless(path);
  if (!model.graph) return undefined;
  const folder = await settleWeights(model.graph, dirname(path));
  const editor = new GraphEditor(model.graph);
  const caches = cacheNames(editor);
  if (folder === undefined || editor.hasBranches || caches.length === 0) return undefined;

  const notes: string[] = [];
  if (options.roundActivations) roundActivations(editor);
  if (!keepLastLogits(editor))
    notes.push('calculates logits for every token of a prompt, since what makes them is not understood');
  if (options.scaleQueries) scaleQueries(editor);
  if (options.packQueries) packQueries(editor);
  const version = model.opsetImport.find(({ domain }) => domain === '')?.version ?? 0n;
  if (options.fillBlocks) fillBlocks(editor, version);
  const inPlace = options.inPlace && outputWholeCaches(editor, caches);
  if (!inPlace && !editor.input('past_length')) outputNewRows(editor, caches);
  options.change?.(editor, model);
  const stages = options.stages ? runInStages(editor, version) : undefined;
  return {
    bytes: toBinary(ModelProtoSchema, model),
    folder,
    cacheForm: inPlace ? 'inPlace' : 'newRows',
    stages,
    notes,
  };
}
