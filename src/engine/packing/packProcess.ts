/**
 * Child-process side of weight packing: packs one model at low priority, reports one sentence and exits; started by
 * the engine's `main.ts`.
 */
import { die } from '../../ipc/process/self';
import { lowerPriority } from '../machine/lowerPriority';
import { openModelFolder } from '../../modelFolder/layouts/folder';
import { makePacked } from './make';
import { packedFolder } from './queue';
import { packedForms, packingEnvironment } from '../weightCache/packedGraphKey';

/** What the process that `makeAside` starts does: it packs a model's weights, says so, and ends. */
export function packAndEnd(program: string, path: string, form: string | undefined, cache: string | undefined): void {
  packHere(program, path, form, cache).then(
    (sentence) => process.send?.(sentence, () => process.exit(0)),
    (error: unknown) => die((error as Error).message),
  );
}

/**
 * @param program absolute path of the engine's bundle
 * @returns a sentence for the log
 * @throws {Error} with the reason where nothing was packed
 */
async function packHere(
  program: string,
  path: string,
  form: string | undefined,
  cache: string | undefined,
): Promise<string> {
  const known = packedForms.find((one) => one === form);
  if (known === undefined || cache === undefined) throw new Error('a form and a folder are needed');
  lowerPriority();
  const folder = await openModelFolder(path);
  if (folder.role === 'encoder-decoder') throw new Error('models of two graphs are not packed');
  return makePacked(folder, known, { folder: packedFolder(cache), environment: packingEnvironment(program) });
}
