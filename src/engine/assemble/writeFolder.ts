/**
 * Writes model folders with `glassbox.json` (docs/model-folder.md): made beside their place and moved there when they
 * are complete, so that no half of one is ever found.
 */
import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { EngineError } from '../../ipc/engine/errors';
import { manifestName } from '../../modelFolder/layouts/glassboxLayout';

/** Of the formats of glassbox.json, the one that is written. */
const format = 1;

/**
 * Makes a model folder, in the place of one that is there already.
 *
 * @param folder path; other folders than those with a glassbox.json, and empty ones, are not replaced
 * @param fill writes the files into the folder it is given. @returns what glassbox.json says besides format and files
 * @throws {EngineError} `runtime` where the folder cannot be written; what `fill` throws otherwise
 */
export async function writeModelFolder(
  folder: string,
  fill: (temporary: string) => Promise<Readonly<Record<string, unknown>>>,
): Promise<void> {
  const target = resolve(folder);
  await checkReplaceable(target);
  const temporary = join(dirname(target), `.${basename(target)}-${randomUUID()}`);
  await mkdir(temporary, { recursive: true }).catch((cause: unknown) => cannotWrite(target, cause));
  try {
    const fields = await fill(temporary);
    const files = await Promise.all((await readdir(temporary)).sort().map((name) => listed(temporary, name)));
    const manifest = `${JSON.stringify({ format, ...fields, files }, undefined, 2)}\n`;
    await writeFile(join(temporary, manifestName), manifest, { flush: true });
    await replace(target, temporary);
  } catch (cause) {
    await rm(temporary, { recursive: true, force: true }).catch(() => undefined);
    if (cause instanceof Error && 'syscall' in cause) cannotWrite(target, cause);
    throw cause;
  }
}

/** Moves a folder to a place where another may be: that is put aside first, and comes back where the move fails. */
async function replace(target: string, temporary: string): Promise<void> {
  const old = `${temporary}-old`;
  const wasThere = await rename(target, old).then(
    () => true,
    () => false,
  );
  try {
    await rename(temporary, target);
  } catch (cause) {
    if (wasThere) await rename(old, target);
    throw cause;
  }
  if (wasThere) await rm(old, { recursive: true, force: true });
}

/** @throws {EngineError} `invalid` where something lies there that is no model folder */
async function checkReplaceable(target: string): Promise<void> {
  const names = await readdir(target).catch((cause: unknown): string[] => {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw new EngineError('invalid', `${target} is not a folder; choose another place for the model.`, { cause });
  });
  if (names.length > 0 && !names.includes(manifestName))
    throw new EngineError(
      'invalid',
      `${target} is a folder with other files than a model's; choose another place for it.`,
    );
}

async function listed(folder: string, path: string): Promise<{ path: string; bytes: number; sha256: string }> {
  const file = join(folder, path);
  const hash = createHash('sha256');
  await pipeline(createReadStream(file, { highWaterMark: 1 << 20 }), hash);
  return { path, bytes: (await stat(file)).size, sha256: hash.digest('hex') };
}

function cannotWrite(target: string, cause: unknown): never {
  const reason = cause instanceof Error ? cause.message.replace(/\.$/, '') : String(cause);
  throw new EngineError(
    'runtime',
    `The model folder ${target} cannot be written: ${reason}; check space and rights there.`,
    {
      cause,
    },
  );
}
