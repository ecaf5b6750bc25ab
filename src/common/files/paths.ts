/** Paths of this product are from a root, with `/` between folders. */

/** `src/search/query.test.ts` → `query.test.ts` */
export function fileName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** `src/search/query.test.ts` → `query.test`; a name that begins with a dot has no ending. */
export function nameWithoutEnding(path: string): string {
  return fileName(path).replace(/(?<=.)\.[^.]*$/s, '');
}
