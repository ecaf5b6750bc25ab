/**
 * Makes an encoder's model folder from a `sentence-transformers` folder of safetensors, or from a zip archive of one, with what an
 * adapter changes in it.
 */
import { toBinary } from '@bufbuild/protobuf';
import { copyFile, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EngineError } from '../../ipc/engine/errors';
import { invalid, readJson } from '../../modelFolder/layouts/files';
import { readEncoderSettings } from '../../modelFolder/layouts/transformersLayout';
import type { EncoderSettings } from '../../modelFolder/layouts/transformersLayout';
import { SafetensorsFile } from '../../modelFolder/safetensors/safetensorsFile';
import { buildBert } from '../graphs/build/bert';
import type { BertPrecision, ReadTensor } from '../graphs/build/bert';
import { readBertShape } from '../graphs/build/bertConfig';
import { WeightWriter } from '../graphs/build/weightWriter';
import { ModelProtoSchema } from '../graphs/onnx';
import { LowRankAdapter } from './adapter';
import { unzip } from './unzip';
import { writeModelFolder } from './writeFolder';
import { errorMessage } from '../../common/errorMessage';

export interface EncoderAssembly {
  /** A folder with `config.json`, `model.safetensors`, `tokenizer.json` and `modules.json`, or an archive of those files. */
  readonly from: string;
  /** Path of the folder to make; see `writeModelFolder` for what it may replace. */
  readonly folder: string;
  readonly precision: BertPrecision;
  /** Path of an adapter that is merged into the weights before they are rounded (adapter.ts). */
  readonly adapter?: string | undefined;
  /** What the files do not say. */
  readonly name: string;
  readonly version: string;
  readonly license: string;
  /** Called with a sentence each time the work has got further. */
  readonly log: (sentence: string) => void;
}

const files = { graph: 'model.onnx', weights: 'model.onnx.data', tokenizer: 'tokenizer.json' } as const;

/**
 * Same files, same bytes: nothing of the machine goes into the folder.
 *
 * @throws {EngineError} in one sentence, where the files are not understood or the folder cannot be written
 */
export async function assembleEncoder(options: EncoderAssembly): Promise<void> {
  const { from } = options;
  const found = await stat(from).catch((cause: unknown) => {
    throw new EngineError('modelMissing', `${from} cannot be read; check the path.`, { cause });
  });
  if (found.isDirectory()) return assemble(from, options);
  const unpacked = await mkdtemp(join(tmpdir(), 'glassbox-assemble-'));
  try {
    await unzip(from, unpacked).catch((cause: unknown) => {
      const reason = errorMessage(cause);
      throw invalid(`${from} is no zip archive, or damaged: ${reason}; download it again.`, { cause });
    });
    await assemble(unpacked, options);
  } finally {
    await rm(unpacked, { recursive: true, force: true });
  }
}

/** @param from a folder */
async function assemble(
  from: string,
  { folder, precision, adapter: adapterPath, name, version, license, log }: EncoderAssembly,
): Promise<void> {
  const shape = readBertShape(from, await readJson(from, 'config.json'));
  const settings = await readEncoderSettings(from);
  checkSettings(from, settings);
  const path = join(from, 'model.safetensors');
  const weights = await SafetensorsFile.open(path);
  let adapter: LowRankAdapter | undefined;
  try {
    adapter = adapterPath === undefined ? undefined : await LowRankAdapter.open(adapterPath, path);
    const read = adapter?.merging(readerOf(weights)) ?? readerOf(weights);
    log(`${name}: ${shape.layers} layers of ${shape.width}, a vocabulary of ${shape.vocabulary} tokens.`);
    await writeModelFolder(folder, async (temporary) => {
      const file = await WeightWriter.create(join(temporary, files.weights));
      try {
        const model = await buildBert(shape, precision, read, file);
        adapter?.checkUsed();
        await writeFile(join(temporary, files.graph), toBinary(ModelProtoSchema, model), { flush: true });
      } finally {
        await file.close();
      }
      await copyFile(join(from, files.tokenizer), join(temporary, files.tokenizer));
      return {
        name,
        version,
        license,
        role: 'encoder',
        contextLength: settings.contextLength,
        vocabularySize: shape.vocabulary,
        graph: files.graph,
        tokenizer: files.tokenizer,
        dimension: shape.width,
        pooling: settings.pooling,
        tokens: settings.pad === undefined ? {} : { pad: settings.pad },
      };
    });
    log(`${folder} holds the model now.`);
  } finally {
    await adapter?.close();
    await weights.close();
  }
}

/** @throws {EngineError} `modelInvalid` where the manifest has no words for what the model does with a text */
function checkSettings(folder: string, settings: EncoderSettings): void {
  const { pooling, needsFinishedVectors, prefixes, lowerCase } = settings;
  const refuse = (what: string) => {
    throw invalid(`The model folder ${folder} ${what}, which a folder with glassbox.json cannot say; use it as it is.`);
  };
  if (needsFinishedVectors) refuse('has more steps than pooling');
  if (pooling === 'max' || pooling === 'weightedMean') refuse(`pools by ${pooling}`);
  if (prefixes.query !== '' || prefixes.document !== '') refuse('puts prompts in front of texts');
  if (lowerCase) refuse('lower-cases texts before they reach the tokenizer');
}

/** Some files name tensors by the class that holds the encoder. */
function readerOf(weights: SafetensorsFile): ReadTensor {
  const prefix = weights.tensors.has('bert.embeddings.word_embeddings.weight') ? 'bert.' : '';
  return (name, shape) => weights.read(`${prefix}${name}`, shape);
}
