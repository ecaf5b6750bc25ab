import { homedir } from 'node:os';
import { join } from 'node:path';

/**
 * The folder that `glassbox.model.decoder` names, `~` being the user's home; where it names none, the embedded model's.
 *
 * @param root absolute path of the extension's folder
 */
export function decoderFolder(setting: string, root: string): string {
  return setting === '' ? join(root, 'models', 'decoder') : atHome(setting);
}

/** The folder of the embedded table of token vectors. @param root absolute path of the extension's folder */
export function tableFolder(root: string): string {
  return join(root, 'models', 'search');
}

/** The folder that `glassbox.model.encoder` names; undefined where it names none. */
export function encoderFolder(setting: string): string | undefined {
  return setting === '' ? undefined : atHome(setting);
}

function atHome(path: string): string {
  return path.replace(/^~(?=[/\\]|$)/, homedir);
}
