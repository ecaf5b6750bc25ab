/**
 * Child-process side of a conversion: makes a model folder of a GGUF file or a folder of safetensors, says so and exits; started by `serve.ts` through
 * `runAside`. What goes wrong is its last line on stderr, a sentence for people.
 */
import { basename } from 'node:path';
import { errorMessage } from '../../common/errorMessage';
import { die } from '../../ipc/process/self';
import { nameOf } from '../../modelFolder/layouts/files';
import { holdsWeightsOnly, roleOfWeights } from '../../modelFolder/layouts/safetensorsLayout';
import { assembleDecoder } from '../assemble/decoder';
import { assembleEncoder } from '../assemble/encoder';

/** A process that converts has this long, milliseconds: minutes for the largest models that fit into memory. */
export const conversionLimitMs = 900_000;

/** @param from path of the file or folder @param folder path of the folder to make */
export function convertAndEnd(from: string, folder: string | undefined): void {
  if (folder === undefined) die('A folder is needed.');
  assemble(from, folder).then(
    () => process.send?.(`${basename(from)} was converted.`, () => process.exit(0)),
    (error: unknown) => die(errorMessage(error)),
  );
}

const log = (): void => undefined;

/** Encoders become 8 bits; a folder does not say version and licence. */
async function assemble(from: string, folder: string): Promise<void> {
  if ((await holdsWeightsOnly(from)) && (await roleOfWeights(from)) === 'encoder')
    await assembleEncoder({
      from,
      folder,
      precision: 'int8',
      name: nameOf(from),
      version: '',
      license: 'unknown',
      log,
    });
  else await assembleDecoder({ from, folder, block: 32, precision: 'asStored', log });
}
