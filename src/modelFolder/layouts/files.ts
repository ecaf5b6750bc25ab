/**
 * Reads, checks and hashes files of a model folder; used by all layouts and by the readers of weights. Every failure
 * names the file and says what to do.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { isOutside } from '../../common/files/isOutside';
import { EngineError } from '../../ipc/engine/errors';

/** A file of a model folder as its manifest lists it. */
export interface ListedFile {
  /** Relative to the folder, with `/`. */
  readonly path: string;
  readonly bytes: number;
  /** Lower-case hexadecimal. */
  readonly sha256: string;
}

export const invalid = (message: string, options?: ErrorOptions): EngineError =>
  new EngineError('modelInvalid', message, options);

/** What people call the model in a folder: the folder's name, or the one that a download cache keeps it under. */
export function nameOf(folder: string): string {
  const [name = '', snapshots, repository = ''] = folder.split(sep).reverse();
  const cached = snapshots === 'snapshots' ? /^models--(.+)$/.exec(repository)?.[1] : undefined;
  return cached?.replace('--', '/') ?? name;
}

/** Whether the folder has something of this name. */
export async function exists(folder: string, path: string): Promise<boolean> {
  return stat(join(folder, path)).then(
    () => true,
    () => false,
  );
}

/** Size in bytes and time of the last change. @throws {EngineError} `modelMissing` where it is no file */
export async function statFile(folder: string, path: string): Promise<{ size: number; mtimeMs: number }> {
  const found = await stat(join(folder, path)).catch((cause: unknown) => missing(folder, path, cause));
  if (!found.isFile()) throw invalid(`${path} in the model folder ${folder} is not a file; copy the model again.`);
  return found;
}

/** Content of a text file, without a byte order mark. @throws {EngineError} `modelMissing` or `modelInvalid` */
export async function readText(folder: string, path: string): Promise<string> {
  const { size } = await statFile(folder, path);
  if (size > maxTextBytes)
    throw invalid(`${path} in the model folder ${folder} is too large to be what it should be; copy the model again.`);
  const text = await readFile(join(folder, path), 'utf8').catch((cause: unknown) => missing(folder, path, cause));
  return text.startsWith(byteOrderMark) ? text.slice(byteOrderMark.length) : text;
}

/** Some editors write it in front of a text. */
const byteOrderMark = '\ufeff';

/** Content of a JSON file. @throws {EngineError} `modelMissing` or `modelInvalid` */
export async function readJson(folder: string, path: string): Promise<unknown> {
  const text = await readText(folder, path);
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw invalid(`${path} in the model folder ${folder} is not valid JSON, perhaps cut off; copy the model again.`, {
      cause,
    });
  }
}

/** The largest tokenizers have about 30 MB. */
const maxTextBytes = 128 * 2 ** 20;

function missing(folder: string, path: string, cause: unknown): never {
  throw new EngineError(
    'modelMissing',
    `${path} cannot be read in the model folder ${folder}; copy the model again or choose another folder.`,
    { cause },
  );
}

/**
 * Checks that a listed file lies in the folder, also after following links, and has the listed size and SHA-256.
 *
 * @throws {EngineError} `modelMissing` or `modelInvalid`
 */
export async function verifyFile(folder: string, file: ListedFile): Promise<void> {
  const { size, mtimeMs } = await statFile(folder, file.path);
  const real = await realpath(join(folder, file.path));
  if (isOutside(await realpath(folder), real)) {
    throw invalid(`${file.path} is a link that leaves the model folder ${folder}; replace it by the file itself.`);
  }
  if (size !== file.bytes) {
    throw invalid(
      `${file.path} in the model folder ${folder} has ${size} bytes instead of ${file.bytes}; copy the model again.`,
    );
  }
  if ((await checksum(real, size, mtimeMs)) !== file.sha256) {
    throw invalid(
      `${file.path} in the model folder ${folder} is damaged: its SHA-256 differs from glassbox.json; copy the model again.`,
    );
  }
}

/** Checksums of this process; a file that has kept size and time is not read again. */
const checksums = new Map<string, { size: number; mtimeMs: number; sha256: string }>();

/** SHA-256 of a file, in hexadecimal. @param path absolute @throws {Error} where it cannot be read */
export async function checksumOf(path: string): Promise<string> {
  const { size, mtimeMs } = await stat(path);
  return checksum(path, size, mtimeMs);
}

async function checksum(path: string, size: number, mtimeMs: number): Promise<string> {
  const known = checksums.get(path);
  if (known?.size === size && known.mtimeMs === mtimeMs) return known.sha256;
  const hash = createHash('sha256');
  await pipeline(createReadStream(path, { highWaterMark: 2 ** 20 }), hash);
  const sha256 = hash.digest('hex');
  checksums.set(path, { size, mtimeMs, sha256 });
  return sha256;
}
