/**
 * Reads an encoder graph's inputs and vector outputs from its session, and rejects graphs that do not fit the folder;
 * used by the encoder's `network.ts`, `encoder.ts` and the packing recipe.
 */
import { basename } from 'node:path';
import { EngineError } from '../../ipc/engine/errors';
import type { EncoderFolder } from '../../modelFolder/layouts/types';
import type { Session, ValueInfo } from '../runtime/session';

/** Inputs that hold a number for each token; all are int64. */
const tokenInputs = ['input_ids', 'attention_mask', 'token_type_ids', 'position_ids'] as const;
type TokenInput = (typeof tokenInputs)[number];
const isTokenInput = (name: string): name is TokenInput => (tokenInputs as readonly string[]).includes(name);

/** Names under which exporters give the vectors of a text's tokens. */
const tokenVectors = ['last_hidden_state', 'token_embeddings'];
/** Names under which they give one vector for each text. */
const textVectors = ['sentence_embedding'];

/** The empty cache of a decoder that is used as an encoder. */
export interface EmptyCache {
  readonly name: string;
  readonly type: 'float32' | 'float16';
  readonly heads: number;
  readonly headSize: number;
}

/** Names of what an encoder graph takes and gives, read from the graph itself. */
export interface EncoderGraph {
  readonly takes: ReadonlySet<TokenInput>;
  readonly caches: readonly EmptyCache[];
  /** The output that is used. */
  readonly output: string;
  /** Whether that output has a vector for each text, and not for each token. */
  readonly finished: boolean;
  /** The output that has a vector for each token, where there is one. */
  readonly tokenOutput: string | undefined;
}

/**
 * Checks that a session is an encoder.
 *
 * @throws {EngineError} `modelInvalid`
 */
export function readGraph(
  { inputs, outputs }: Pick<Session, 'inputs' | 'outputs'>,
  folder: EncoderFolder,
): EncoderGraph {
  const fail = (what: string): never => {
    throw new EngineError('modelInvalid', `The graph ${basename(folder.graph)} of ${folder.name} ${what}.`);
  };
  if (!inputs.has('input_ids')) fail('has no input input_ids');
  const takes = [...inputs.keys()].filter(isTokenInput);
  for (const name of takes) {
    const { type } = inputs.get(name) as ValueInfo;
    if (type !== 'int64') fail(`wants ${name} as ${type} instead of int64`);
  }
  const caches = [...inputs.values()].flatMap((input) => (isTokenInput(input.name) ? [] : [emptyCache(input, fail)]));

  const found = (names: readonly string[]) => names.find((name) => outputs.has(name));
  const perText = found(textVectors);
  const tokenOutput = found(tokenVectors);
  const output = perText ?? tokenOutput;
  if (output === undefined)
    return fail(`gives ${[...outputs.keys()].join(', ')} and no last_hidden_state; export it for feature extraction`);
  const finished = output === perText;
  if (folder.needsFinishedVectors && !finished) {
    fail('has no output sentence_embedding, but modules.json has more steps than pooling; export it with those steps');
  }
  const { type, shape } = outputs.get(output) as ValueInfo;
  if (type !== 'float32' && type !== 'float16') fail(`gives ${output} as ${type}`);
  const size = shape.at(-1);
  if (folder.dimension !== undefined && typeof size === 'number' && size !== folder.dimension) {
    fail(`gives vectors of ${size} numbers, but the folder says ${folder.dimension}`);
  }
  return { takes: new Set(takes), caches, output, finished, tokenOutput };
}

function emptyCache({ name, type, shape }: ValueInfo, fail: (what: string) => never): EmptyCache {
  const [, heads, , headSize] = shape;
  const fits = /^past_key_values\.\d+\.(key|value)$/.test(name) && (type === 'float32' || type === 'float16');
  if (!fits || typeof heads !== 'number' || typeof headSize !== 'number')
    return fail(`wants the input ${name}, which Glassbox does not know`);
  return { name, type, heads, headSize };
}
