/**
 * Opens a model folder of any supported layout and checks it; the engine's entry to model folders. Loads no weights.
 */
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { EngineError } from '../../ipc/engine/errors';
import { invalid } from './files';
import { hasGenaiLayout, openGenaiFolder } from './genaiLayout';
import { hasManifest, openGlassboxFolder } from './glassboxLayout';
import { hasTransformersLayout, openTransformersFolder } from './transformersLayout';
import type { DecoderFolder, ModelFolder } from './types';

/**
 * Opens a model folder of one of the layouts of docs/model-folder.md and checks it; no weights are loaded.
 *
 * @param folder path of the folder
 * @throws {EngineError} `modelMissing` or `modelInvalid`, in one sentence that names the file and says what to do
 */
export async function openModelFolder(folder: string): Promise<ModelFolder> {
  const path = resolve(folder);
  const found = await stat(path).catch((cause: unknown) => {
    throw new EngineError(
      'modelMissing',
      `The model folder ${path} cannot be read; check the path or choose another folder.`,
      { cause },
    );
  });
  if (!found.isDirectory())
    throw new EngineError(
      'modelInvalid',
      `${path} is neither a folder nor a GGUF file; choose a folder or a file that holds a model.`,
    );
  if (await hasManifest(path)) return openGlassboxFolder(path);
  if (await hasGenaiLayout(path)) return openGenaiFolder(path);
  if (await hasTransformersLayout(path)) return openTransformersFolder(path);
  throw new EngineError(
    'modelMissing',
    `The folder ${path} holds neither glassbox.json nor genai_config.json nor config.json; choose a folder that holds a model.`,
  );
}

/** The same for a folder that has to hold a decoder. @throws {EngineError} `modelMissing` or `modelInvalid` */
export async function openDecoderFolder(folder: string): Promise<DecoderFolder> {
  const opened = await openModelFolder(folder);
  if (opened.role === 'decoder') return opened;
  throw invalid(
    `The model folder ${opened.path} holds an ${opened.role}, which does not write text; choose a decoder.`,
  );
}
