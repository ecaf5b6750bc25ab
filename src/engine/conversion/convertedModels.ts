/**
 * Model files as model folders: a GGUF file, or a folder of safetensors, is converted once, kept in the engine's cache, and opened
 * from there like any other model. Used by `serve.ts` in front of whatever opens models. The files are only read, and a conversion that is stale,
 * damaged or half written is made again.
 */
import { createHash } from 'node:crypto';
import { mkdir, open, readdir, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';
import { EngineError } from '../../ipc/engine/errors';
import { errorMessage } from '../../common/errorMessage';
import { openGlassboxFolder } from '../../modelFolder/layouts/glassboxLayout';
import { holdsWeightsOnly } from '../../modelFolder/layouts/safetensorsLayout';
import { summarizeModel } from '../../modelFolder/summary';
import { cleanUp, partOf, remove } from '../weightCache/cleanup';
import { entryFiles, touch } from '../weightCache/entry';
import { sourceOf } from '../weightCache/packedGraphKey';

/** What conversions may take on disk, all together, bytes. The one in use stays, whatever it takes. */
const budget = 16 * 2 ** 30;

export interface ConvertedModelsOptions {
  /** Absolute path of the folder that holds the conversions; without one nothing can be converted. */
  readonly folder: string | undefined;
  /** What conversions hold for, beside the file: the program that makes them. Asked for once. */
  environment(): string;
  /** Makes a model folder of a file or folder; rejects with a sentence. */
  convert(file: string, folder: string): Promise<unknown>;
  /** Called with sentences for the log. */
  log(sentence: string): void;
}

export class ConvertedModels {
  readonly #running = new Map<string, Promise<string>>();
  /** Files, and folders of weights, by the folder that was made of them. */
  readonly #origins = new Map<string, string>();
  #environment: string | undefined;

  constructor(private readonly options: ConvertedModelsOptions) {}

  /**
   * @param path absolute, of a model folder or a GGUF file
   * @returns the folder to open: the conversion of what cannot be opened as it is, and anything else unchanged
   * @throws {EngineError} `modelMissing`, `modelInvalid` or `runtime`, in one sentence, where it cannot be converted
   */
  async folderOf(path: string): Promise<string> {
    if (!(await isGguf(path)) && !(await holdsWeightsOnly(path))) return path;
    const running = this.#running.get(path) ?? this.#find(path);
    this.#running.set(path, running);
    try {
      const folder = await running;
      this.#origins.set(folder, path);
      return folder;
    } finally {
      this.#running.delete(path);
    }
  }

  /** The path that a folder was opened for. */
  originOf(folder: string): string {
    return this.#origins.get(folder) ?? folder;
  }

  async #find(path: string): Promise<string> {
    const { folder } = this.options;
    if (folder === undefined)
      throw new EngineError('runtime', `${path} cannot be converted, since there is no folder to keep that in.`);
    const target = join(folder, await this.#nameOf(path));
    if (!(await isIntact(target))) await this.#make(path, folder, target);
    await touch(target);
    return target;
  }

  /** Changes with the files and with the program. */
  async #nameOf(path: string): Promise<string> {
    this.#environment ??= this.options.environment();
    const hash = createHash('sha256').update(this.#environment);
    for (const file of await filesOf(path)) {
      const { path: real, bytes, modified, changed } = await sourceOf(await realpath(file));
      hash.update(`\n${[relative(path, file), real, bytes, modified, changed].join('\n')}`);
    }
    return hash.digest('hex').slice(0, 32);
  }

  async #make(path: string, folder: string, target: string): Promise<void> {
    // What its head says is refused here, before anything is started or written.
    const { name } = await summarizeModel(path);
    const start = performance.now();
    const part = partOf(target);
    try {
      await mkdir(part, { recursive: true });
      const made = join(part, 'model');
      await this.options.convert(path, made);
      await writeFile(join(made, entryFiles.manifest), JSON.stringify({ format: 1, source: path }), { flush: true });
      await remove(target);
      await rename(made, target).catch(async (cause: unknown) => {
        // Another process may have been faster.
        if (!(await isIntact(target))) throw cause;
      });
    } catch (cause) {
      const reason = errorMessage(cause);
      throw new EngineError('runtime', /[.!?]$/.test(reason) ? reason : `${path} cannot be converted: ${reason}.`, {
        cause,
      });
    } finally {
      await rm(part, { recursive: true, force: true }).catch(() => undefined);
    }
    const seconds = ((performance.now() - start) / 1000).toFixed(1);
    this.options.log(`${name} (${basename(path)}) was converted once, in ${seconds} s, and is kept in ${target}.`);
    await cleanUp(folder, target, budget);
  }
}

/** The file itself; of a folder, the files in it and in the folders right below, where parts of encoders have their settings. */
async function filesOf(path: string, depth = 1): Promise<string[]> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isFile()) return [path];
  if (!found?.isDirectory() || depth < 0) return [];
  const names = (await readdir(path)).filter((name) => !name.startsWith('.')).sort();
  return (await Promise.all(names.map((name) => filesOf(join(path, name), depth - 1)))).flat();
}

/** By its first bytes: stores name files as they like. */
async function isGguf(path: string): Promise<boolean> {
  const file = await open(path).catch(() => undefined);
  if (!file) return false;
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(4), 0, 4, 0);
    return bytesRead === 4 && buffer.toString('latin1') === 'GGUF';
  } catch {
    return false; // A folder.
  } finally {
    await file.close();
  }
}

/** Whether every byte of a conversion is as it was written. What is not is removed. */
async function isIntact(target: string): Promise<boolean> {
  try {
    await openGlassboxFolder(target);
    return true;
  } catch {
    await remove(target);
    return false;
  }
}
