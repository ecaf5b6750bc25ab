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
import type { ModelFolder } from './layouts/types';

/** A model that can be used in its role. */
export interface ModelSummary {
  /** Absolute path of the file or folder, as a setting takes it. */
  readonly path: string;
  /** What its files call it; the file's or the folder's name where they do not. */
  readonly name: string;
  readonly format: 'gguf' | 'onnx';
  /** `decoder` fits `glassbox.model.decoder`, `encoder` fits `glassbox.model.encoder`. */
  readonly role: ModelFolder['role'];
  /** Family, as the files name it, such as `llama`; absent where they do not. */
  readonly architecture?: string;
  /** How most weights are stored: a format of GGUF (`Q4_K`), or the name of the graph (`onnx/model_q4.onnx`). */
  readonly quantization: string;
  /** Absent where the files do not list their weights. */
  readonly parameters?: number;
  /** Tokens. */
  readonly contextLength: number;
  /** Whether it has tokens that tell it what stands behind the cursor. */
  readonly fillsInTheMiddle: boolean;
  /** Of the file, or of the graph and what lies beside it under its name. */
  readonly bytes: number;
}

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
  return found.isFile() ? summarizeGguf(path) : summarizeFolder(resolve(path));
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
