/**
 * What a model's files say of it, for choosing among the models on a disk: a light reading of headers and configurations, for the
 * lists of models. Loads, converts and changes nothing, and reads no weights.
 */
import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve } from 'node:path';
import * as v from 'valibot';
import { EngineError } from '../ipc/engine/errors';
import { summarizeGguf } from './gguf/summary';
import { openModelFolder } from './layouts/folder';
import { readOptionalJson } from './layouts/publicTokenizer';
import { holdsWeightsOnly } from './layouts/safetensorsLayout';
import type { ModelSummary } from './layouts/types';
import { summarizeWeights } from './safetensors/summary';

export type { ModelSummary } from './layouts/types';

/**
 * Reads what a model is, without its weights: tens of milliseconds, most of them for the vocabulary.
 *
 * @param path of a GGUF file, whatever its name, or of a model folder
 * @throws {EngineError} `modelMissing` or `modelInvalid`, in one sentence, where it cannot be used and why
 */
export async function summarizeModel(path: string): Promise<ModelSummary> {
  const found = await stat(path).catch((cause: unknown) => {
    throw new EngineError('modelMissing', `${path} cannot be read; check the path and who may read it.`, { cause });
  });
  if (found.isFile()) return summarizeGguf(path);
  const folder = resolve(path);
  return (await holdsWeightsOnly(folder)) ? summarizeWeights(folder) : summarizeFolder(folder);
}

async function summarizeFolder(path: string): Promise<ModelSummary> {
  const folder = await openModelFolder(path);
  const config = await readOptionalJson(path, 'config.json');
  const architecture = v.is(withType, config) ? config.model_type : undefined;
  return {
    path,
    name: folder.name,
    format: 'onnx',
    role: folder.role,
    ...(architecture !== undefined && { architecture }),
    quantization: relative(path, folder.graph).replaceAll('\\', '/'),
    contextLength: folder.contextLength,
    fillsInTheMiddle: folder.role === 'decoder' && folder.promptLayout !== 'left-to-right',
    bytes: await graphBytes(folder.graph),
  };
}

const withType = v.object({ model_type: v.string() });

/** Bytes of a graph and of the weights beside it: `model.onnx_data`, `model.onnx.data`. */
async function graphBytes(graph: string): Promise<number> {
  const folder = dirname(graph);
  const names = (await readdir(folder)).filter((name) => name.startsWith(basename(graph)));
  const sizes = await Promise.all(names.map(async (name) => (await stat(join(folder, name))).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}
