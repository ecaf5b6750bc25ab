import { homedir } from 'node:os';
import { join } from 'node:path';

/**
 * The folder that `glassbox.model.decoder` names, `~` being the user's home; where it names none, the embedded model's.
 *
 * @param root absolute path of the extension's folder
 */
export function decoderFolder(setting: string, root: string): string {
  if (setting === '') return join(root, 'models', 'decoder');
  return setting.replace(/^~(?=[/\\]|$)/, homedir);
}
