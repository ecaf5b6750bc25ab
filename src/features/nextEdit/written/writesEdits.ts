/** Says whether the model in a folder was trained to write edits. Used by `modelEdits.vscode.ts`; opens no model. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';

const manifest = v.object({ nextEdit: v.string() });

/**
 * Whether the folder's `glassbox.json` says so. It is read each time, since it may have been changed; whether the prompt form that
 * it names is known, the engine says.
 *
 * @param folder absolute path
 */
export async function writesEdits(folder: string): Promise<boolean> {
  try {
    return v.is(manifest, JSON.parse(await readFile(join(folder, 'glassbox.json'), 'utf8')));
  } catch {
    return false;
  }
}
