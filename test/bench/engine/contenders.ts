import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Decoder } from '../../../src/engine/decoder/decoder';
import { openDecoderSession } from '../../../src/engine/decoder/open';
import type { OpenedSession } from '../../../src/engine/decoder/open';
import { makePacked } from '../../../src/engine/packing/make';
import { PackedGraphs } from '../../../src/engine/weightCache/packedGraphs';
import { packingEnvironment } from '../../../src/engine/weightCache/packedGraphKey';
import { openSession } from '../../../src/engine/runtime/session';
import { openDecoderFolder } from '../../../src/modelFolder/layouts/folder';
import { manifestName } from '../../../src/modelFolder/layouts/glassboxLayout';
import type { DecoderFolder } from '../../../src/modelFolder/layouts/types';
import { folderOf } from '../../support/decoderModel/folder';
import type { DecoderShape } from '../../support/decoderModel/shape';
import { openLlamaSequence } from './llama';
import { loadPeer } from './peers';
import { tiers } from './tiers';
import type { TierName } from './tiers';

/** What is compared: ours, opened for the first time and with weights that are kept packed, with each way of holding the cache and with other forms of the weights, and the runtimes that others use. */
export const contenderNames = [
  'native',
  'packed',
  'binding',
  'copy',
  'block128',
  'bits8',
  'llama',
  'transformers',
] as const;
export type ContenderName = (typeof contenderNames)[number];

export const isTier = (name: ContenderName): name is TierName => Object.hasOwn(tiers, name);

export interface Setting {
  readonly contender: ContenderName;
  readonly shape: DecoderShape;
  readonly graph: string;
  /** The same weights in other forms. */
  readonly tierGraphs: Readonly<Record<TierName, string>>;
  readonly gguf: string;
  /** Where the packages of others are installed, one folder each. */
  readonly peers: string;
  readonly threads: number;
}

/** Writes `count` tokens behind a prompt, the likeliest each time, and calls back behind each of them. */
export type Generate = (prompt: readonly number[], count: number, onToken: () => void) => Promise<void>;

export function openContender(setting: Setting): Promise<Generate> {
  switch (setting.contender) {
    case 'llama':
      return openLlama(setting);
    case 'transformers':
      return openTransformers(setting);
    default:
      return openOurs(setting);
  }
}

/** Packed weights hold for this very program. */
const packedPlace = (cache: string) => ({
  folder: join(cache, 'packed'),
  environment: () => packingEnvironment(__filename),
});

/** Packs the weights that the contender `packed` is opened with. @returns a sentence that says how much room they take */
export async function ensurePacked(graph: string, shape: DecoderShape, cache: string): Promise<string> {
  const { folder, environment } = packedPlace(cache);
  return makePacked(await openFolder(graph, shape), 'inPlace', { folder, environment: environment() });
}

/** A folder of ours says itself what it is; the public one with random weights knows nothing but its graph. */
const openFolder = (graph: string, shape: DecoderShape): Promise<DecoderFolder> =>
  existsSync(join(dirname(graph), manifestName))
    ? openDecoderFolder(dirname(graph))
    : Promise.resolve(folderOf(graph, shape));

async function openOurs({ contender, shape, graph: usual, tierGraphs, threads, peers }: Setting): Promise<Generate> {
  const tier = isTier(contender) ? contender : undefined;
  const graph = tier === undefined ? usual : tierGraphs[tier];
  const folder = await openFolder(graph, shape);
  const missing = (): never => {
    throw new Error('The packed weights are not used.');
  };
  const packed =
    contender === 'packed' ? new PackedGraphs({ ...packedPlace(peers), onMissing: missing, log: missing }) : undefined;
  const opened: OpenedSession =
    contender === 'copy'
      ? { session: await openSession(graph, { threads }) }
      : await openDecoderSession(folder, { threads, backend: contender === 'binding' ? 'binding' : 'auto', packed });
  if ((contender === 'native' || tier !== undefined) && opened.cacheForm !== 'inPlace')
    throw new Error('The native interface does not work here.');
  // Guesses help with texts that repeat themselves, which random weights write more of than people do.
  const decoder = new Decoder(opened.session, folder, opened.cacheForm, { speculates: false, remembers: false });
  return async (prompt, count, onToken) => {
    const request = {
      prompt,
      maxTokens: count,
      stopIds: new Set<number>(),
      forbiddenIds: [],
      onToken: () => (onToken(), 'continue' as const),
    };
    await decoder.generate(request, () => Promise.resolve(undefined));
  };
}

async function openLlama({ peers, gguf, threads, shape }: Setting): Promise<Generate> {
  const { sequence } = await openLlamaSequence(
    { peers, gguf, threads },
    { contextSize: shape.contextLength, batchSize: 512 },
  );
  return async (prompt, count, onToken) => {
    await sequence.clearHistory();
    const tokens = sequence.evaluate(prompt, { temperature: 0, yieldEogToken: true });
    for (let written = 0; written < count && !(await tokens.next()).done; written++) onToken();
    await tokens.return(undefined);
  };
}

/** What is used of transformers.js. */
interface TransformersModule {
  AutoModelForCausalLM: {
    from_pretrained(folder: string, options: object): Promise<{ generate(options: object): Promise<unknown> }>;
  };
  Tensor: new (type: string, data: BigInt64Array, shape: number[]) => object;
}

async function openTransformers({ peers, graph, threads }: Setting): Promise<Generate> {
  const { AutoModelForCausalLM, Tensor } = await loadPeer<TransformersModule>(
    peers,
    'transformers',
    '@huggingface/transformers',
  );
  const folder = join(graph, '../..');
  const sessionOptions = { intraOpNumThreads: threads, interOpNumThreads: 1, logSeverityLevel: 4 };
  const model = await AutoModelForCausalLM.from_pretrained(folder, {
    dtype: 'q4',
    device: 'cpu',
    local_files_only: true,
    session_options: sessionOptions,
  });
  return async (prompt, count, onToken) => {
    const int64 = (values: readonly number[]) =>
      new Tensor('int64', BigInt64Array.from(values, BigInt), [1, values.length]);
    let puts = 0;
    // The first call brings the prompt itself.
    const put = () => {
      if (puts++ > 0) onToken();
    };
    const streamer = { put, end: () => undefined };
    await model.generate({
      inputs: int64(prompt),
      attention_mask: int64(prompt.map(() => 1)),
      max_new_tokens: count,
      do_sample: false,
      streamer,
    });
  };
}
