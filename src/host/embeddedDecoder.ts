/**
 * Which decoder comes with the extension: the one that the build assembled from a base model (scripts/lib/models.mjs), or,
 * where the build could not, the small one that is committed. Features reach it by `decoderFolder`; it opens no model.
 */
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';

export interface EmbeddedDecoder {
  /** Absolute path of the model folder. */
  readonly folder: string;
  /** Whether it is the committed one, because the other is missing. */
  readonly small: boolean;
  /** Why, in a sentence, where the build could say. */
  readonly reason?: string | undefined;
}

const manifest = v.object({ files: v.array(v.object({ path: v.string(), bytes: v.number() })) });
const report = v.object({ decoder: v.optional(v.string()) });

/** What was found for each root: what lies there changes only when the extension is built again. */
const known = new Map<string, EmbeddedDecoder>();

/** @param root absolute path of the extension's folder */
export function embeddedDecoder(root: string): EmbeddedDecoder {
  const found = known.get(root) ?? find(root);
  known.set(root, found);
  return found;
}

/** Why the small one takes the larger one's place; undefined where it does not. @param root as above */
export function smallSince(root: string): string | undefined {
  const { small, reason = 'it is not part of this build' } = embeddedDecoder(root);
  return small ? reason : undefined;
}

function find(root: string): EmbeddedDecoder {
  const assembled = join(root, 'dist', 'models', 'decoder');
  if (isComplete(assembled)) return { folder: assembled, small: false };
  const reason = read(join(root, 'dist', 'models', 'missing.json'), report)?.decoder;
  return { folder: join(root, 'models', 'decoder'), small: true, reason };
}

/** Whether every file that a model folder lists is there with its size; its content is checked when it is opened. */
function isComplete(folder: string): boolean {
  const files = read(join(folder, 'glassbox.json'), manifest)?.files;
  return files?.every(({ path, bytes }) => sizeOf(join(folder, path)) === bytes) ?? false;
}

function read<Schema extends v.GenericSchema>(path: string, schema: Schema): v.InferOutput<Schema> | undefined {
  try {
    return v.parse(schema, JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return undefined;
  }
}

function sizeOf(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.size;
}
