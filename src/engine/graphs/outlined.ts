/**
 * Reads a graph without its weights, settled to one weight folder and otherwise unchanged; used by the packing recipe
 * for encoders that run as their file says.
 */
import { toBinary } from '@bufbuild/protobuf';
import { dirname } from 'node:path';
import { ModelProtoSchema } from './onnx';
import { settleWeights } from './weightFolder';
import { readWeightless } from './weightlessModel';

/**
 * A graph as its file has it, without its weights, which stay in their files.
 *
 * @param path of an ONNX file
 * @returns `undefined` where its weights cannot be found from one folder
 */
export async function outlineGraph(
  path: string,
): Promise<{ readonly bytes: Uint8Array; readonly folder: string } | undefined> {
  const model = readWeightless(path);
  const folder = model.graph && (await settleWeights(model.graph, dirname(path)));
  return folder === undefined ? undefined : { bytes: toBinary(ModelProtoSchema, model), folder };
}
