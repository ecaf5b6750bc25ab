/**
 * Finds out whether a model folder brings a chat template from its small files, without opening the model. Used by the
 * chat provider; what the template is, the layouts' readers tell.
 */
import { join } from 'node:path';
import { readBounded } from '../common/files/boundedRead';

/** Bytes; configurations of tokenizers that list all their tokens have some million. */
const maxConfigurationBytes = 2 ** 25;

/** Files that may hold one, of each layout, and what they hold then. */
const places: readonly (readonly [file: string, holds: RegExp])[] = [
  ['glassbox.json', /"chatTemplate"\s*:/],
  ['chat_template.jinja', /\S/],
  ['tokenizer_config.json', /"chat_template"\s*:/],
];

/** @param folder absolute path */
export async function hasChatTemplate(folder: string): Promise<boolean> {
  for (const [file, holds] of places) {
    const found = await readBounded(join(folder, file), { most: maxConfigurationBytes }).catch(() => undefined);
    if (found !== undefined && 'bytes' in found && holds.test(found.bytes.toString())) return true;
  }
  return false;
}
