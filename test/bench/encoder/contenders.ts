import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { openFastEncoder } from '../../../src/engine/encoder/open';
import { openModelFolder } from '../../../src/modelFolder/layouts/folder';
import { Tokenizer } from '../../../src/modelFolder/tokenizer/tokenizer';
import { loadPeer } from '../engine/peers';

/** Ours with products of bytes, as the file says and with an int8 export of the same weights; transformers.js with both files. */
export const contenderNames = ['rounded', 'exact', 'int8', 'transformers', 'transformers-int8'] as const;
export type ContenderName = (typeof contenderNames)[number];

export interface Setting {
  readonly contender: ContenderName;
  /** Absolute path of the model folder. */
  readonly model: string;
  /** Where the packages of others are installed, one folder each. */
  readonly peers: string;
  readonly threads: number;
}

/** The vectors of texts, row by row, each of length 1. */
export type Embed = (texts: readonly string[]) => Promise<Float32Array>;

export interface Contender {
  readonly embed: Embed;
  /** Tokens of a text, as the model gets it. */
  readonly tokens?: (texts: readonly string[]) => Promise<number>;
}

export async function openContender({ contender, model, peers, threads }: Setting): Promise<Contender> {
  if (contender === 'transformers' || contender === 'transformers-int8') {
    return { embed: await openTransformers(model, peers, threads, contender === 'transformers' ? 'fp32' : 'int8') };
  }
  const folder = await openModelFolder(model);
  if (folder.role !== 'encoder') throw new Error(`${model} is no encoder.`);
  const exported = join(model, 'onnx', contender === 'int8' ? 'model_int8.onnx' : 'model.onnx');
  const graph = existsSync(exported) ? exported : folder.graph;
  const memory = { get: () => contender === 'rounded', put: () => undefined };
  const encoder = await openFastEncoder(
    { ...folder, graph },
    Tokenizer.create(folder.tokenizer, folder.tokenizerConfig),
    { threads, memory },
  );
  const embed = (texts: readonly string[]) =>
    encoder.embed({ kind: 'document', texts }, () => Promise.resolve(undefined));
  return { embed: async (texts) => (await embed(texts)).vectors, tokens: async (texts) => (await embed(texts)).tokens };
}

/** What is used of transformers.js. */
interface TransformersModule {
  readonly pipeline: (
    task: string,
    folder: string,
    options: object,
  ) => Promise<(texts: readonly string[], options: object) => Promise<{ data: Float32Array }>>;
}

async function openTransformers(model: string, peers: string, threads: number, dtype: string): Promise<Embed> {
  const { pipeline } = await loadPeer<TransformersModule>(peers, 'transformers', '@huggingface/transformers');
  const sessionOptions = { intraOpNumThreads: threads, interOpNumThreads: 1, logSeverityLevel: 4 };
  const extract = await pipeline('feature-extraction', model, {
    dtype,
    device: 'cpu',
    local_files_only: true,
    session_options: sessionOptions,
  });
  return async (texts) => (await extract([...texts], { pooling: 'mean', normalize: true })).data;
}
