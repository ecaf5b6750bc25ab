/**
 * Tells whether a path lies outside a folder, by its text alone; used before files of a model folder or near a
 * document are read. Does not resolve links.
 */
import nodePath from 'node:path';

/**
 * Whether a path leads out of a folder, which may be `/` or `C:\`. Compares the paths as text; links are not resolved.
 *
 * @param folder absolute path
 * @param paths how paths are written; by default as on this machine
 */
export function isOutside(
  folder: string,
  path: string,
  paths: Pick<typeof nodePath, 'relative' | 'isAbsolute'> = nodePath,
): boolean {
  const inside = paths.relative(folder, path);
  // Of another drive on Windows, what is relative is absolute.
  return inside === '..' || /^\.\.[\\/]/.test(inside) || paths.isAbsolute(inside);
}
