/**
 * Makes an encoder's model folder from a `sentence-transformers` folder of safetensors, or from a zip archive of one, with what an
 * adapter changes in it.
 */
import { toBinary } from '@bufbuild/protobuf';
import { copyFile, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import * as v from 'valibot';
import { EngineError } from '../../ipc/engine/errors';
import { withAddedTokens } from '../../modelFolder/layouts/addedTokens';
import { invalid, readJson } from '../../modelFolder/layouts/files';
import { describeEncoderWeights } from '../../modelFolder/layouts/safetensorsLayout';
import type { EncoderSettings } from '../../modelFolder/layouts/transformersLayout';
import { readEncoderShape } from '../../modelFolder/safetensors/encoderConfig';
import type { EncoderShape } from '../../modelFolder/safetensors/encoderConfig';
import { SafetensorsWeights } from '../../modelFolder/safetensors/weights';
import { buildBert } from '../graphs/build/bert';
import type { EncoderPrecision, ReadTensor } from '../graphs/build/encoderWriter';
import { buildModernBert } from '../graphs/build/modernBert';
import { WeightWriter } from '../graphs/build/weightWriter';
import { ModelProtoSchema } from '../graphs/onnx';
import type { ModelProto } from '../graphs/onnx';
import { LowRankAdapter } from './adapter';
import { unzip } from './unzip';
import { writeModelFolder } from './writeFolder';
import { errorMessage } from '../../common/errorMessage';

export interface EncoderAssembly {
  /** A folder with `config.json`, `model.safetensors`, `tokenizer.json` and `modules.json`, or an archive of those files. */
  readonly from: string;
  /** Path of the folder to make; see `writeModelFolder` for what it may replace. */
  readonly folder: string;
  readonly precision: EncoderPrecision;
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
  const shape = readEncoderShape(from, await readJson(from, 'config.json'));
  const settings = await describeEncoderWeights(from);
  const weights = await SafetensorsWeights.open(from);
  let adapter: LowRankAdapter | undefined;
  try {
    adapter =
      adapterPath === undefined ? undefined : await LowRankAdapter.open(adapterPath, join(from, 'model.safetensors'));
    const read = adapter?.merging(readerOf(weights)) ?? readerOf(weights);
    log(`${name}: ${shape.layers} layers of ${shape.width}, a vocabulary of ${shape.vocabulary} tokens.`);
    await writeModelFolder(folder, async (temporary) => {
      const file = await WeightWriter.create(join(temporary, files.weights));
      try {
        const model = await build(shape, precision, read, file);
        adapter?.checkUsed();
        await writeFile(join(temporary, files.graph), toBinary(ModelProtoSchema, model), { flush: true });
      } finally {
        await file.close();
      }
      await writeTokenizer(from, join(temporary, files.tokenizer), settings);
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
        ...describe(settings),
      };
    });
    log(`${folder} holds the model now.`);
  } finally {
    await adapter?.close();
    await weights.close();
  }
}

const build = (
  shape: EncoderShape,
  precision: EncoderPrecision,
  read: ReadTensor,
  file: WeightWriter,
): Promise<ModelProto> =>
  shape.family === 'bert' ? buildBert(shape, precision, read, file) : buildModernBert(shape, precision, read, file);

/** The file itself, where nothing has to be changed in it. */
async function writeTokenizer(
  from: string,
  path: string,
  { tokenizer, tokenizerConfig }: EncoderSettings,
): Promise<void> {
  const whole = withAddedTokens(tokenizer, tokenizerConfig);
  const stored = await readJson(from, files.tokenizer);
  if (isDeepStrictEqual(whole, stored)) await copyFile(join(from, files.tokenizer), path);
  else await writeFile(path, JSON.stringify(whole), { flush: true });
}

/** What the manifest says of how texts become vectors; what is usual is left out. */
function describe({
  pooling,
  poolingIsAssumed,
  pad,
  prefixes,
  poolsPrefix,
  trims,
  lowerCase,
  tokenizer,
}: EncoderSettings) {
  return {
    pooling,
    ...(poolingIsAssumed && { poolingIsAssumed }),
    ...((prefixes.query !== '' || prefixes.document !== '') && { prefixes }),
    ...(!poolsPrefix && { poolsPrefix }),
    ...(trims && !losesSpaces(tokenizer) && { trims }),
    ...(lowerCase && { lowerCase }),
    tokens: pad === undefined ? {} : { pad },
  };
}

/** Whether white space around a text is lost in its tokenizer anyway: BERT's splits texts there. */
const losesSpaces = (tokenizer: unknown): boolean =>
  v.is(v.object({ pre_tokenizer: v.object({ type: v.literal('BertPreTokenizer') }) }), tokenizer);

/** Some files name tensors by the class that holds the encoder. */
function readerOf(weights: SafetensorsWeights): ReadTensor {
  const prefix = ['bert.', 'model.'].find((one) =>
    [...weights.tensors.keys()].some((name) => name.startsWith(`${one}embeddings.`)),
  );
  return (name, shape) => weights.read(`${prefix ?? ''}${name}`, shape);
}
