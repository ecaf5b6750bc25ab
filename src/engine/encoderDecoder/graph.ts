/**
 * Checks that two sessions are the encoder and merged decoder of an optimum export and reads their cache layout; used
 * by `encoderDecoder.ts`.
 */
import { basename } from 'node:path';
import { EngineError } from '../../ipc/engine/errors';
import type { EncoderDecoderFolder } from '../../modelFolder/layouts/types';
import type { Session } from '../runtime/session';

/** A part of the cache: what goes in, what comes out, and whether it belongs to the decoder's own text. */
export interface CrossSlot {
  readonly past: string;
  readonly present: string;
  readonly own: boolean;
}

/** What a decoder with attention to an encoder takes and gives, read from the graph itself. */
export interface CrossGraph {
  readonly slots: readonly CrossSlot[];
  readonly heads: number;
  readonly headSize: number;
}

const others = ['input_ids', 'encoder_attention_mask', 'encoder_hidden_states', 'use_cache_branch'];
const needed = ['input_ids', 'encoder_hidden_states', 'use_cache_branch'];

/**
 * Checks that two sessions are the encoder and the merged decoder of optimum's exports.
 *
 * @throws {EngineError} `modelInvalid`
 */
export function readGraphs(
  encoder: Pick<Session, 'inputs' | 'outputs'>,
  decoder: Pick<Session, 'inputs' | 'outputs'>,
  folder: EncoderDecoderFolder,
): CrossGraph {
  const failIn =
    (path: string) =>
    (what: string): never => {
      throw new EngineError(
        'modelInvalid',
        `The graph ${basename(path)} of ${folder.name} ${what}; export the model again, as text2text-generation-with-past.`,
      );
    };
  const failEncoder = failIn(folder.encoderGraph);
  if (!encoder.inputs.has('input_ids')) failEncoder('has no input input_ids');
  if (!encoder.outputs.has('last_hidden_state')) failEncoder('has no output last_hidden_state');

  const fail = failIn(folder.graph);
  for (const name of needed) if (!decoder.inputs.has(name)) fail(`has no input ${name}`);
  const logits = decoder.outputs.get('logits') ?? fail('has no output logits');
  if (logits.type !== 'float32') fail(`gives logits as ${logits.type}`);
  const size = logits.shape.at(-1);
  if (typeof size === 'number' && size !== folder.vocabularySize)
    fail(`gives logits for ${size} tokens, but config.json says ${folder.vocabularySize}`);

  const caches = [...decoder.inputs.values()].filter(({ name }) => !others.includes(name));
  const slots = caches.map(({ name, type }): CrossSlot => {
    const match = /^past_key_values\.(\d+\.(decoder|encoder)\.(?:key|value))$/.exec(name);
    if (!match || type !== 'float32') return fail(`wants the input ${name} as ${type}, which Glassbox does not know`);
    const present = `present.${match[1]}`;
    if (!decoder.outputs.has(present)) fail(`has no output ${present}`);
    return { past: name, present, own: match[2] === 'decoder' };
  });
  const [, heads, , headSize] = caches[0]?.shape ?? [];
  if (typeof heads !== 'number' || typeof headSize !== 'number')
    return fail('declares its cache without fixed numbers of heads and values');
  return { slots, heads, headSize };
}
