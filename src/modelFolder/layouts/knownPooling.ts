/**
 * How encoders are pooled whose folders do not say it: exports of a graph alone lose `modules.json`. A table of models whose
 * authors take the first token's vector; used by `sentenceTransformers.ts`.
 */
import { sep } from 'node:path';
import type { EncoderFolder } from './types';

/** Names of models without their owners, as they begin, lower-cased. Source: `1_Pooling/config.json` of each. */
const firstToken = [
  'coderankembed',
  'granite-embedding-',
  'bge-small-',
  'bge-base-',
  'bge-large-',
  'bge-m3',
  'gte-base-en-v1.5',
  'gte-large-en-v1.5',
  'gte-modernbert-',
  'gte-multilingual-',
  'snowflake-arctic-embed-',
  'mxbai-embed-',
] as const;

/**
 * @param folder absolute path; its own name counts, and the one that a download cache keeps it under (`models--OWNER--NAME`)
 * @param origin what `config.json` says that the model was made from
 */
export function knownPooling(folder: string, origin: string): Pick<EncoderFolder, 'pooling' | 'poolingIsAssumed'> {
  const parts = [...folder.split(sep).slice(-3), origin];
  const names = parts.map(
    (part) =>
      part
        .toLowerCase()
        .split(/[/\\]|--/)
        .at(-1) ?? '',
  );
  const isKnown = names.some((name) => firstToken.some((known) => name.startsWith(known)));
  return isKnown ? { pooling: 'first' } : { pooling: 'mean', poolingIsAssumed: true };
}
