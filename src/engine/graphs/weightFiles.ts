/**
 * Checks that a graph's external weight files exist and are long enough, and sums their bytes; used by the runtime's
 * `session.ts` before loading and by `room.ts`.
 */
import { stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { EngineError } from '../../ipc/engine/errors';
import { DataLocation } from './onnx';
import type { GraphProto, TensorProto } from './onnx';
import { realWeightPath, weightPath } from './weightPlace';
import { readWeightless } from './weightlessModel';

/**
 * Checks that the files that hold a graph's weights beside it (`model.onnx.data`, `model.onnx_data_1`, …) are there, and
 * not shorter than what the graph reads from them. ONNX Runtime finds that out too, but does not say it so that people
 * know what to do.
 *
 * @param path of a file that `findOnnxFault` has no objection to
 * @throws {EngineError} `modelMissing` or `modelInvalid`, in one sentence that names the file
 */
export async function checkWeightFiles(path: string): Promise<void> {
  const graph = readGraph(path);
  const needed = new Map<string, number>();
  for (const tensor of graph ? weightsOf(graph) : []) {
    if (tensor.dataLocation !== DataLocation.EXTERNAL) continue;
    const {
      location = '',
      offset = '0',
      length = '0',
    } = Object.fromEntries(tensor.externalData.map(({ key, value }) => [key, value]));
    needed.set(location, Math.max(needed.get(location) ?? 0, Number(offset) + Number(length)));
  }
  for (const [name, bytes] of needed) {
    const file = weightPath(dirname(path), name);
    const found = await realWeightPath(dirname(path), file)
      .then(stat)
      .catch((cause: unknown) => {
        if (cause instanceof EngineError) throw cause;
        throw new EngineError(
          'modelMissing',
          `The file ${file}, which holds weights of ${basename(path)}, is missing or cannot be read; copy it there.`,
          { cause },
        );
      });
    if (!found.isFile())
      throw new EngineError(
        'modelInvalid',
        `${file}, which should hold weights of ${basename(path)}, is not a file; copy it again.`,
      );
    if (found.size < bytes) {
      throw new EngineError(
        'modelInvalid',
        `The file ${file}, which holds weights of ${basename(path)}, has ${found.size} bytes instead of ${bytes}; download or copy it again.`,
      );
    }
  }
}

/**
 * Bytes of a graph's file and of those that hold its weights, each once. What cannot be read counts nothing: opening it says
 * what is wrong.
 *
 * @param path of an ONNX file
 */
export async function weightBytes(path: string): Promise<number> {
  const graph = readGraph(path);
  const names = (graph ? weightsOf(graph) : [])
    .filter(({ dataLocation, externalData }) => dataLocation === DataLocation.EXTERNAL && externalData.length > 0)
    .flatMap(({ externalData }) => externalData.filter(({ key }) => key === 'location').map(({ value }) => value));
  const files = new Set([path, ...names.map((name) => join(dirname(path), name))]);
  const sizes = await Promise.all(
    Array.from(files, (file) =>
      stat(file).then(
        (found) => (found.isFile() ? found.size : 0),
        () => 0,
      ),
    ),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** @returns `undefined` where the bytes are damaged: what is wrong with them, ONNX Runtime says when it loads them */
function readGraph(path: string): GraphProto | undefined {
  try {
    return readWeightless(path).graph;
  } catch {
    return undefined;
  }
}

/** Those of its branches and of its constants too. */
function weightsOf({ initializer, node }: GraphProto): TensorProto[] {
  const attributes = node.flatMap(({ attribute }) => attribute);
  const branches = attributes.flatMap(({ g, graphs }) => (g ? [g, ...graphs] : graphs));
  const constants = attributes.flatMap(({ t, tensors }) => (t ? [t, ...tensors] : tensors));
  return [...initializer, ...constants, ...branches.flatMap(weightsOf)];
}
