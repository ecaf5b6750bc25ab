/**
 * Opens folders written by transformers.js or optimum, for all three roles; used by `folder.ts` and by the assembler
 * of encoders. The layout has no checksums, so content is not verified.
 */
import { join } from 'node:path';
import * as v from 'valibot';
import { exists, invalid, nameOf, readJson } from './files';
import { contextLength, readPublicConfig, roleOf, statedContextLength } from './publicConfig';
import type { PublicConfig } from './publicConfig';
import { describeDecoder } from './publicDecoder';
import { chooseGraph } from './publicGraph';
import { readOptionalJson, readPublicTokenizer, tokenText } from './publicTokenizer';
import type { PublicTokenizer } from './publicTokenizer';
import { hasSentenceModules, readSentenceSettings } from './sentenceTransformers';
import type { EncoderDecoderFolder, EncoderFolder, ModelFolder } from './types';

const generationConfig = v.object({ eos_token_id: v.nullish(v.union([v.number(), v.array(v.number())])) });
const padding = v.object({ pad_token: tokenText });
const beginnings = v.object({
  decoder_start_token_id: v.nullish(v.number()),
  forced_bos_token_id: v.nullish(v.number()),
});
const tokenizerLimits = v.object({ model_max_length: v.pipe(v.number(), v.minValue(1)) });

export const hasTransformersLayout = (folder: string): Promise<boolean> => exists(folder, 'config.json');

/**
 * Opens a folder as transformers.js and optimum write it: `config.json`, `tokenizer.json` and `onnx/model*.onnx`, or
 * the two graphs of an encoder with a decoder.
 * There is no list of checksums in it, so only presence and consistency are checked.
 *
 * @throws {EngineError} `modelMissing` or `modelInvalid`
 */
export async function openTransformersFolder(folder: string): Promise<ModelFolder> {
  const settings = readPublicConfig(folder, await readJson(folder, 'config.json'));
  const role = (await hasSentenceModules(folder)) ? 'encoder' : roleOf(settings);
  if (role === 'encoder-decoder') return openEncoderDecoder(folder, settings);
  const graph = join(
    folder,
    role === 'decoder'
      ? await chooseGraph(folder, 'decoding', 'model', 'decoder_model_merged')
      : await chooseGraph(folder, 'encoding', 'model'),
  );
  const tokenizer = await readPublicTokenizer(folder, settings.vocab_size, 'config.json');
  if (role === 'encoder') return openEncoder(folder, graph, settings, tokenizer);
  const stated = {
    contextLength: contextLength(folder, settings),
    vocabularySize: settings.vocab_size,
    endIds: await endIds(folder, settings),
  };
  return { ...(await describeDecoder(folder, stated, tokenizer)), graph };
}

/** Two graphs: the encoder's, and optimum's decoder that works with and without a cache. */
async function openEncoderDecoder(folder: string, settings: PublicConfig): Promise<EncoderDecoderFolder> {
  const [encoderGraph, graph] = [
    await chooseGraph(folder, 'encoding', 'encoder_model'),
    await chooseGraph(folder, 'decoding', 'decoder_model_merged'),
  ];
  const whole = await chooseGraph(folder, 'encoding', 'decoder_model').catch(() => undefined);
  const generation = v.safeParse(beginnings, await readOptionalJson(folder, 'generation_config.json'));
  const { decoder_start_token_id: start, forced_bos_token_id: forced } = generation.success
    ? { ...settings, ...withoutNull(generation.output) }
    : settings;
  if (start === undefined || start === null) {
    throw invalid(
      `config.json in the model folder ${folder} states no decoder_start_token_id, which a text begins with; copy the model again.`,
    );
  }
  return {
    role: 'encoder-decoder',
    path: folder,
    name: nameOf(folder),
    contextLength: contextLength(folder, settings),
    vocabularySize: settings.vocab_size,
    encoderGraph: join(folder, encoderGraph),
    ...(whole === undefined ? {} : { wholeGraph: join(folder, whole) }),
    graph: join(folder, graph),
    ...(await readPublicTokenizer(folder, settings.vocab_size, 'config.json')),
    startIds: [start, ...(forced === undefined || forced === null ? [] : [forced])],
    endIds: await endIds(folder, settings),
  };
}

const withoutNull = <T extends object>(values: T): Partial<T> =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null && value !== undefined)) as Partial<T>;

/** generation_config.json goes before config.json. */
export async function endIds(folder: string, settings: PublicConfig): Promise<number[]> {
  const generation = await readOptionalJson(folder, 'generation_config.json');
  const ids = v.is(generationConfig, generation) ? generation.eos_token_id : undefined;
  return [ids ?? settings.eos_token_id ?? []].flat();
}

async function openEncoder(
  folder: string,
  graph: string,
  settings: PublicConfig,
  tokenizer: PublicTokenizer,
): Promise<EncoderFolder> {
  return {
    role: 'encoder',
    path: folder,
    name: nameOf(folder),
    vocabularySize: settings.vocab_size,
    graph,
    marks: {},
    ...(await encoderSettings(folder, settings, tokenizer)),
  };
}

/** What an encoder's folder says of how texts become vectors, whatever holds its weights. */
export type EncoderSettings = Omit<EncoderFolder, 'role' | 'path' | 'name' | 'vocabularySize' | 'graph' | 'marks'>;

/** The same without a graph. @throws {EngineError} `modelMissing` or `modelInvalid` */
export async function readEncoderSettings(folder: string): Promise<EncoderSettings> {
  const settings = readPublicConfig(folder, await readJson(folder, 'config.json'));
  return encoderSettings(folder, settings, await readPublicTokenizer(folder, settings.vocab_size, 'config.json'));
}

async function encoderSettings(
  folder: string,
  settings: PublicConfig,
  { tokenizer, tokenizerConfig, added }: PublicTokenizer,
): Promise<EncoderSettings> {
  const { contextLength: wanted, ...sentence } = await readSentenceSettings(folder, settings._name_or_path);
  const limits = v.safeParse(tokenizerLimits, tokenizerConfig);
  const lengths = [wanted, statedContextLength(settings), limits.success ? limits.output.model_max_length : undefined];
  const length = Math.min(...lengths.filter((one) => one !== undefined));
  const pad = v.safeParse(padding, tokenizerConfig);
  return {
    ...sentence,
    // Tokenizers without a limit of their own state an absurd one.
    contextLength: length < maxContextLength ? length : contextLength(folder, settings),
    tokenizer,
    tokenizerConfig,
    pad: added.get(settings.pad_token_id ?? -1) ?? (pad.success ? pad.output.pad_token : undefined),
  };
}

const maxContextLength = 2 ** 24;
