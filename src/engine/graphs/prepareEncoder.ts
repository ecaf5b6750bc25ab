/**
 * Rewrites an encoder's graph in memory so that its products multiply bytes; used by the encoder's `open.ts` and the
 * packing recipe. Weights are not read, files not changed.
 */
import { create, toBinary } from '@bufbuild/protobuf';
import { dirname } from 'node:path';
import { microsoft } from './elements';
import { GraphEditor } from './graphEditor';
import { ModelProtoSchema, OperatorSetIdProtoSchema } from './onnx';
import { roundRows } from './rewrites/roundRows';
import { settleWeights } from './weightFolder';
import { readWeightless } from './weightlessModel';

/** A graph that was changed in memory. */
export interface RoundedGraph {
  /** The ONNX file's new content. */
  readonly bytes: Uint8Array;
  /** Its external data is relative to this folder. */
  readonly folder: string;
  readonly multipliesBytes: true;
}

/**
 * An encoder's graph whose products multiply bytes; see `roundRows`. Weights are neither read nor moved.
 *
 * @param path of an ONNX file
 * @returns `undefined` where there is nothing to change
 */
export async function roundEncoder(path: string): Promise<RoundedGraph | undefined> {
  const model = readWeightless(path);
  if (!model.graph) return undefined;
  const folder = await settleWeights(model.graph, dirname(path));
  const editor = new GraphEditor(model.graph);
  const versionOf = (domain: string) => model.opsetImport.find((one) => one.domain === domain)?.version;
  if (folder === undefined || editor.hasBranches || roundRows(editor, Number(versionOf('') ?? 0n)) === 0)
    return undefined;
  if (versionOf(microsoft) === undefined)
    model.opsetImport.push(create(OperatorSetIdProtoSchema, { domain: microsoft, version: 1n }));
  return { bytes: toBinary(ModelProtoSchema, model), folder, multipliesBytes: true };
}
