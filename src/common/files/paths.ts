/** Paths of this product are from a root, with `/` between folders. */

/** `src/search/query.test.ts` → `query.test.ts` */
export function fileName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/**
 * `/w`, `/w/src/a.ts` → `src/a.ts`; a root may be `/` or `/c:/`, which end in a slash by themselves.
 *
 * @param path of the root, or below it
 */
export function pathFrom(root: string, path: string): string {
  return path.slice(root.endsWith('/') ? root.length : root.length + 1);
}

/** `src/search/query.test.ts` → `query.test`; a name that begins with a dot has no ending. */
export function nameWithoutEnding(path: string): string {
  return fileName(path).replace(/(?<=.)\.[^.]*$/s, '');
}
