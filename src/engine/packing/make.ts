/**
 * Packs a model's weights for this processor into a cache entry, and publishes it only after its results match the
 * model's to the bit; used by `packProcess.ts`.
 */
import { mkdir, rename, rm, statfs, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { DecoderFolder, EncoderFolder } from '../../modelFolder/layouts/types';
import { nativeBackend } from '../runtime/native/backend';
import { alignWeights } from '../weightCache/align';
import { cleanUp, isBeingMade, packedBudget, partOf, remove } from '../weightCache/cleanup';
import { entryFiles, readEntry } from '../weightCache/entry';
import type { Entry, Manifest } from '../weightCache/entry';
import { recipeOf, sourceFiles } from './recipe';
import type { Recipe } from './recipe';
import { entryName, sourceOf } from '../weightCache/packedGraphKey';
import type { PackedForm } from '../weightCache/packedGraphKey';

/** What an entry takes on disk at most, as a multiple of the model: the weights as they were, and in the larger form that kernels have. */
const maxSizeRatio = 3;
/** The same of memory, while it is made: a copy of the packed weights and what the allocator keeps. */
const memoryShare = 2;

export interface MakeOptions {
  /** Absolute path of the folder that holds the entries. */
  readonly folder: string;
  /** See `packingEnvironment`. */
  readonly environment: string;
  /** Bytes that all entries may take. */
  readonly budget?: number;
}

/**
 * Packs a model's weights for this processor and keeps them on disk. What ONNX Runtime has written is tested before
 * use: it has to give the results of the model itself, to the bit. Other processes find the whole entry or none.
 *
 * @returns what was done, as a sentence for the log
 * @throws {Error} where that fails; nothing is left behind then
 */
export async function makePacked(
  model: DecoderFolder | EncoderFolder,
  form: PackedForm,
  { folder, environment, budget = packedBudget }: MakeOptions,
): Promise<string> {
  const backend = await nativeBackend();
  if (!backend.works)
    throw new Error(
      `weights are packed through ONNX Runtime's native interface, which cannot be used: ${backend.reason}`,
    );
  const recipe = await recipeOf(backend, model, form);
  if (!recipe) throw new Error('the graph is not understood');
  const name = basename(model.graph);
  const already = `The weights of ${name} are packed already.`;

  const target = join(folder, await entryName(environment, { model: model.path, graph: model.graph, form }));
  await mkdir(folder, { recursive: true });
  const old = await readEntry(target, model.graph);
  if (old && 'fault' in old && !(await remove(target)))
    throw new Error(`the copy there is cannot be removed, and ${old.fault}`);
  if ((old && !('fault' in old)) || (await isBeingMade(target))) return already;
  // Noted before anything is read: if a file changes while it is read, the entry's next user sees that it is stale.
  const sources = await Promise.all((await sourceFiles(recipe.graph)).map(sourceOf));
  await checkRoom(
    folder,
    sources.reduce((sum, { bytes }) => sum + bytes, 0),
    budget,
  );

  const part = partOf(target);
  try {
    const raw = join(part, 'raw');
    await mkdir(raw, { recursive: true });
    await backend.save(recipe.graph, join(raw, entryFiles.graph), entryFiles.weights);
    const contents = await alignWeights(raw, part);
    await rm(raw, { recursive: true });
    const manifest: Manifest = { format: 1, sources, ...contents };
    await writeFile(join(part, entryFiles.manifest), JSON.stringify(manifest), { flag: 'wx', flush: true });
    await compare(recipe, (await readEntry(part, model.graph)) as Entry);
    if (!(await publish(part, target, model.graph))) return already;
    await cleanUp(folder, target, budget);
    return `The weights of ${name} are packed for its next openings: ${Math.round(contents.weights.bytes / 2 ** 20)} MB in ${target}.`;
  } finally {
    await rm(part, { recursive: true, force: true });
  }
}

/** @returns whether it is ours; another process may have been faster */
async function publish(part: string, target: string, graph: string): Promise<boolean> {
  try {
    await rename(part, target);
    return true;
  } catch (error) {
    const other = await readEntry(target, graph);
    if (!other || 'fault' in other) throw error;
    return false;
  }
}

async function checkRoom(folder: string, bytes: number, budget: number): Promise<void> {
  if (maxSizeRatio * bytes > budget) throw new Error('the model is larger than what may be kept');
  if (memoryShare * bytes > process.availableMemory()) throw new Error('there is too little memory to pack them aside');
  const { bavail, bsize } = await statfs(folder);
  // Room for what ONNX Runtime writes, for what is kept, and as much again for other programs.
  if (3 * maxSizeRatio * bytes > bavail * bsize) throw new Error('there is too little room on the disk');
}

/** @throws {Error} where packed weights give other results */
async function compare(recipe: Recipe, { graph }: Entry): Promise<void> {
  const expected = await resultsOf(recipe, await recipe.plain());
  const found = await resultsOf(recipe, await recipe.packed(graph));
  const same = expected.every((values, at) =>
    Buffer.from(values.buffer, values.byteOffset, values.byteLength).equals(bytesOf(found[at])),
  );
  if (!same) throw new Error('with packed weights it gives other results');
}

const bytesOf = (values: Float32Array | undefined): Uint8Array =>
  values ? new Uint8Array(values.buffer, values.byteOffset, values.byteLength) : new Uint8Array();

async function resultsOf(recipe: Recipe, session: Awaited<ReturnType<Recipe['plain']>>): Promise<Float32Array[]> {
  try {
    return await recipe.results(session);
  } finally {
    await session.dispose();
  }
}
