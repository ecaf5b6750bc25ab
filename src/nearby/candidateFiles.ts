/**
 * Lists and orders the files that code may be copied from: open, imported and surrounding ones; used by the host and
 * the command line. Leaves out files that usually hold secrets.
 */
import { posix } from 'node:path';
import { maxNeighbours } from '../ipc/engine/protocol';
import { isSecretPath } from '../common/secrets/secretFiles';
import { unknownLanguage } from '../syntax/languageTable';
import { languageOf } from '../syntax/languages';

/** What a document imports from its own surroundings: in JavaScript and its kin, and in Python. */
const relativeImport = /(?:\bfrom|\bimport|\brequire\()\s*['"](\.{1,2}\/[^'"\n]+)['"]|^from\s+(\.+[\w.]*)\s+import\b/gm;

/**
 * Files that code may be copied from into a document, nearest first: open ones, imported ones, those around it.
 *
 * @param document its absolute path, and its text as far as imports are looked for; all paths with `/`
 * @param open absolute paths
 * @param around absolute paths
 */
export function neighboursOf(
  document: { path: string; text: string },
  open: readonly string[],
  around: readonly string[],
): string[] {
  const found = new Set([...open, ...importedBy(document), ...around]);
  found.delete(document.path);
  return [...found].filter((path) => isAlike(path, document.path) && !isSecretPath(path)).slice(0, maxNeighbours);
}

/** Files that a document's imports may mean; not all of them exist. */
function importedBy({ path, text }: { path: string; text: string }): string[] {
  const [folder, ending] = [posix.dirname(path), posix.extname(path)];
  return Array.from(text.matchAll(relativeImport), ([, script, python]) => {
    if (python !== undefined) return [`${posix.join(folder, pythonPath(python))}.py`];
    const target = posix.join(folder, script ?? '');
    // Compiled names stand in the imports of TypeScript.
    const bare = target.replace(/\.[cm]?jsx?$/, '');
    return posix.extname(target) === '' || bare !== target ? [`${bare}${ending}`, `${bare}/index${ending}`] : [target];
  }).flat();
}

/** `..a.b` is `../a/b`. */
function pythonPath(module: string): string {
  const dots = /^\.+/.exec(module)?.[0].length ?? 0;
  return `${'../'.repeat(Math.max(0, dots - 1))}${module.slice(dots).replaceAll('.', '/')}`;
}

/** Whether the same code is written in two files, as their names tell. */
export function isAlike(a: string, b: string): boolean {
  const [one, other] = [languageOf(a), languageOf(b)];
  if (one !== unknownLanguage || other !== unknownLanguage) return one.family === other.family;
  return posix.extname(a).toLowerCase() === posix.extname(b).toLowerCase();
}
