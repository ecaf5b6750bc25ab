import { constants, setPriority } from 'node:os';
import { openModelFolder } from '../../modelFolder/layouts/folder';
import { makePacked } from './make';
import { packedFolder } from './queue';
import { packedForms, packingEnvironment } from '../weightCache/packedGraphKey';

/**
 * What the process that `makeAside` starts does.
 *
 * @param program absolute path of the engine's bundle
 * @returns a sentence for the log
 * @throws {Error} with the reason where nothing was packed
 */
export async function packHere(
  program: string,
  path: string,
  form: string | undefined,
  cache: string | undefined,
): Promise<string> {
  const known = packedForms.find((one) => one === form);
  if (known === undefined || cache === undefined) throw new Error('a form and a folder are needed');
  lower();
  const folder = await openModelFolder(path);
  if (folder.role === 'encoder-decoder') throw new Error('models of two graphs are not packed');
  return makePacked(folder, known, { folder: packedFolder(cache), environment: packingEnvironment(program) });
}

/** Leaves the processor to whoever waits for something. */
function lower(): void {
  try {
    setPriority(process.pid, constants.priority.PRIORITY_LOW);
  } catch {
    // It is a courtesy.
  }
}
