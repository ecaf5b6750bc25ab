/**
 * Resolves the model settings to folders: decoder, encoder and the table of token vectors. Used by the features that
 * ask the engine or the index, and by the command line.
 */
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { embeddedDecoder } from './embeddedDecoder';

/**
 * The folder that `glassbox.model.decoder` names, `~` being the user's home; where it names none, the embedded model's.
 *
 * @param root absolute path of the extension's folder
 */
export function decoderFolder(setting: string, root: string): string {
  return setting === '' ? embeddedDecoder(root).folder : atHome(setting);
}

/** The folder of the embedded table of token vectors. @param root absolute path of the extension's folder */
export function tableFolder(root: string): string {
  return join(root, 'models', 'search');
}

/** What `glassbox.model.encoder` says where search is to do without an encoder. */
export const noEncoder = 'none';

/**
 * The folder that `glassbox.model.encoder` names; where it names none, the one that the build assembled, where it could.
 *
 * @param root absolute path of the extension's folder
 * @returns `undefined` where meanings are compared by the table alone
 */
export function encoderFolder(setting: string, root: string): string | undefined {
  if (setting === noEncoder) return undefined;
  if (setting !== '') return atHome(setting);
  const assembled = join(root, 'dist', 'models', 'encoder');
  return existsSync(join(assembled, 'glassbox.json')) ? assembled : undefined;
}

function atHome(path: string): string {
  return path.replace(/^~(?=[/\\]|$)/, homedir);
}
