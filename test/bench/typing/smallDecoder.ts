/** The committed decoder, prompted in one order or another: what the order costs, key by key. Used by the typing benchmark. */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Its own, with the lines behind the cursor in front, and that of most public models, with them behind. */
export type Order = 'suffix-first-marked' | 'prefix-suffix-middle';

/**
 * Has a folder of its own, which goes with `dispose`. Its texts are those it was trained to write in its own order only.
 *
 * @param root absolute path of the repository
 */
export function smallDecoder(root: string, layout: Order): { folder: string; dispose: () => void } {
  const folder = mkdtempSync(join(tmpdir(), 'glassbox-typing-'));
  cpSync(join(root, 'models/decoder'), folder, { recursive: true });
  const manifest = join(folder, 'glassbox.json');
  const stated = JSON.parse(readFileSync(manifest, 'utf8')) as object;
  writeFileSync(manifest, JSON.stringify({ ...stated, layout }));
  return { folder, dispose: () => rmSync(folder, { recursive: true }) };
}
