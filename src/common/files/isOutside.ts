import { isAbsolute, relative } from 'node:path';

/** Whether a path leads out of a folder, as both are written: links are followed by nobody here. */
export function isOutside(folder: string, path: string): boolean {
  const inside = relative(folder, path);
  // Of another drive on Windows, what is relative is absolute.
  return inside === '..' || /^\.\.[\\/]/.test(inside) || isAbsolute(inside);
}
