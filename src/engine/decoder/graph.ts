/**
 * Reads a decoder graph's cache layout, types and inputs from its session, and rejects graphs that do not fit the
 * folder; used by the network, the key-value caches and the attention reader.
 */
import { basename } from 'node:path';
import { EngineError } from '../../ipc/engine/errors';
import type { DecoderFolder } from '../../modelFolder/layouts/types';
import type { CacheForm } from '../graphs/prepare';
import type { Session, ValueInfo } from '../runtime/session';

/** Names, types and sizes of what a decoder graph takes and gives, read from the graph itself. */
export interface DecoderGraph {
  /** Names of the cache's tensors, key and value of layer 0 first: what goes in and what comes out. */
  readonly slots: readonly CacheSlot[];
  readonly heads: number;
  readonly headSize: number;
  readonly cacheType: 'float32' | 'float16';
  readonly cacheForm: CacheForm;
  readonly logitsType: 'float32' | 'float16';
  readonly vocabularySize: number;
  /** Inputs beside the tokens and the cache that this graph declares. */
  readonly takes: {
    readonly pastLength: boolean;
    readonly attentionMask: boolean;
    readonly positionIds: boolean;
    /** Of a graph with two branches: whether there is a past, which may be empty. */
    readonly cacheBranch: boolean;
    /** The shape of that input: one number either way. */
    readonly logitsToKeep: [] | [1] | undefined;
  };
}

export interface CacheSlot {
  readonly past: string;
  readonly present: string;
}

/** Inputs that are not part of the cache. */
const plainInputs = [
  'input_ids',
  'past_length',
  'attention_mask',
  'position_ids',
  'num_logits_to_keep',
  'use_cache_branch',
] as const;
type PlainInput = (typeof plainInputs)[number];
const isPlainInput = (name: string): boolean => (plainInputs as readonly string[]).includes(name);

const pastKeyName = /^past_key_values\.(\d+)\.key$/;

/**
 * Checks that a session is a decoder of one of the two layouts that the folder can announce.
 *
 * @param cacheForm how the graph keeps its cache, where its inputs do not tell
 * @throws {EngineError} `modelInvalid`
 */
export function readGraph(
  session: Pick<Session, 'inputs' | 'outputs'>,
  folder: DecoderFolder,
  cacheForm?: CacheForm,
): DecoderGraph {
  const fail = (what: string): never => {
    throw new EngineError('modelInvalid', `The graph ${basename(folder.graph)} of ${folder.name} ${what}.`);
  };
  const input = (name: string) => session.inputs.get(name) ?? fail(`has no input ${name}`);
  const output = (name: string) => session.outputs.get(name) ?? fail(`has no output ${name}`);

  const required = folder.cacheOutputs === 'delta' ? ['past_length', 'num_logits_to_keep'] : ['attention_mask'];
  for (const name of ['input_ids', ...required]) input(name);

  const layers = [...session.inputs.keys()].filter((name) => pastKeyName.test(name)).length;
  if (layers === 0) fail('has no key-value cache (past_key_values.*.key), so it cannot be used for completion');
  const slots = Array.from({ length: layers }, (_, layer) =>
    ['key', 'value'].map((part): CacheSlot => ({
      past: `past_key_values.${layer}.${part}`,
      present: `present.${layer}.${part}`,
    })),
  ).flat();

  const first = input('past_key_values.0.key');
  for (const value of slots.flatMap(({ past, present }) => [input(past), output(present)])) {
    if (value.type !== first.type || value.shape[1] !== first.shape[1] || value.shape[3] !== first.shape[3]) {
      fail(`declares ${value.name} with another type or shape than ${first.name}`);
    }
  }
  const cacheNames = new Set(slots.map(({ past }) => past));
  for (const { name, type } of session.inputs.values()) {
    const wanted = name === 'use_cache_branch' ? 'bool' : 'int64';
    if (isPlainInput(name) && type !== wanted) fail(`wants ${name} as ${type} instead of ${wanted}`);
  }
  const unknown = [...session.inputs.keys()].find((name) => !cacheNames.has(name) && !isPlainInput(name));
  if (unknown !== undefined) fail(`wants the input ${unknown}, which Glassbox does not know`);

  // Builders may leave sizes open that the folder states.
  const [heads, headSize] = [
    stated(first.shape[1], folder.cache?.heads),
    stated(first.shape[3], folder.cache?.headSize),
  ];
  if (first.shape.length !== 4 || typeof heads !== 'number' || typeof headSize !== 'number') {
    return fail(`declares ${first.name} without fixed numbers of heads and values`);
  }
  const cacheType = first.type;
  if (cacheType !== 'float32' && cacheType !== 'float16') return fail(`keeps its cache as ${cacheType}`);

  const takes = (name: PlainInput) => session.inputs.has(name);
  return {
    slots,
    heads,
    headSize,
    cacheType,
    cacheForm: cacheForm ?? (takes('past_length') ? 'newRows' : 'whole'),
    ...readLogits(output('logits'), folder, fail),
    takes: {
      pastLength: takes('past_length'),
      attentionMask: takes('attention_mask'),
      positionIds: takes('position_ids'),
      cacheBranch: takes('use_cache_branch'),
      logitsToKeep: takes('num_logits_to_keep')
        ? input('num_logits_to_keep').shape.length === 0
          ? []
          : [1]
        : undefined,
    },
  };
}

/** A dimension, by the graph where it fixes it. */
const stated = (inGraph: number | string | undefined, inFolder: number | undefined): number | string | undefined =>
  typeof inGraph === 'number' ? inGraph : (inFolder ?? inGraph);

/** Exports may leave the last dimension of the logits open; the folder's word is taken then. */
function readLogits(
  logits: ValueInfo,
  folder: DecoderFolder,
  fail: (what: string) => never,
): Pick<DecoderGraph, 'logitsType' | 'vocabularySize'> {
  const { type } = logits;
  if (type !== 'float32' && type !== 'float16') return fail(`gives logits as ${type}`);
  const size = logits.shape.at(-1);
  if (typeof size === 'number' && size !== folder.vocabularySize) {
    return fail(
      `gives logits for ${size} tokens, but the folder says that the vocabulary has ${folder.vocabularySize}`,
    );
  }
  return { logitsType: type, vocabularySize: folder.vocabularySize };
}
