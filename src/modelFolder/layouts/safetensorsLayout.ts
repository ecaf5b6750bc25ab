/**
 * Folders that hold weights alone (`config.json`, `model.safetensors` or its shards, `tokenizer.json`), as `transformers` and
 * `sentence-transformers` save them: which these are, and what they say of the model. Used by `../safetensors/summary.ts` and
 * where such folders are converted. Reads no weights.
 */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { hasWeights } from '../safetensors/weights';
import { invalid, readJson } from './files';
import { hasGenaiLayout } from './genaiLayout';
import { hasManifest } from './glassboxLayout';
import { contextLength, readPublicConfig, roleOf } from './publicConfig';
import type { PublicRole } from './publicConfig';
import { describeDecoder } from './publicDecoder';
import { readPublicTokenizer } from './publicTokenizer';
import { hasSentenceModules } from './sentenceTransformers';
import { endIds, hasTransformersLayout, readEncoderSettings } from './transformersLayout';
import type { EncoderSettings } from './transformersLayout';
import type { DecoderFolder } from './types';

/** Whether a folder has to be converted: it has weights, and no graph that they could run in. */
export async function holdsWeightsOnly(folder: string): Promise<boolean> {
  if (!(await hasTransformersLayout(folder)) || !(await hasWeights(folder))) return false;
  if ((await hasManifest(folder)) || (await hasGenaiLayout(folder))) return false;
  const names = await Promise.all(['', 'onnx'].map((place) => readdir(join(folder, place)).catch(() => [])));
  return !names.flat().some((name) => name.endsWith('.onnx'));
}

/** What the weights of a folder are for. @throws {EngineError} `modelMissing` or `modelInvalid` */
export async function roleOfWeights(folder: string): Promise<PublicRole> {
  if (await hasSentenceModules(folder)) return 'encoder';
  return roleOf(readPublicConfig(folder, await readJson(folder, 'config.json')));
}

/** What a decoder's folder says beside its weights. */
export type DecoderDescription = Omit<DecoderFolder, 'graph'>;

/** @throws {EngineError} `modelMissing` or `modelInvalid`, in one sentence that names the file */
export async function describeDecoderWeights(folder: string): Promise<DecoderDescription> {
  const settings = readPublicConfig(folder, await readJson(folder, 'config.json'));
  const stated = {
    contextLength: contextLength(folder, settings),
    vocabularySize: settings.vocab_size,
    endIds: await endIds(folder, settings),
  };
  return describeDecoder(folder, stated, await readPublicTokenizer(folder, settings.vocab_size, 'config.json'));
}

/**
 * What an encoder's folder says beside its weights.
 *
 * @throws {EngineError} `modelMissing` or `modelInvalid`, in one sentence, also where it makes more of its tokens than pooling
 */
export async function describeEncoderWeights(folder: string): Promise<EncoderSettings> {
  const settings = await readEncoderSettings(folder);
  if (settings.needsFinishedVectors)
    throw invalid(
      `The model folder ${folder} has more steps than pooling, and none of them as a graph; export it as ONNX with those steps, or choose another model.`,
    );
  return settings;
}
