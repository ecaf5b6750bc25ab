/**
 * Names the folder that holds the index of a root, readable and unique by hash; used by the index server and the
 * command line.
 */
import { createHash } from 'node:crypto';
import { basename } from 'node:path';

/**
 * Name of the folder that holds the index of a root: people can read it, and the hash tells roots apart.
 *
 * @param root absolute path
 */
export function storeName(root: string): string {
  const hash = createHash('sha256').update(root).digest('hex').slice(0, 16);
  return `${basename(root)
    .replaceAll(/[^\w.-]/g, '_')
    .slice(0, 40)}-${hash}`;
}
