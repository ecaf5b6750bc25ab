/**
 * Applies the filters of a question to the files of a catalogue and to kinds of definitions; used by `search.ts`. Reads no
 * files.
 */
import { pathPattern } from '../../common/files/pathPattern';
import type { SearchRemark } from '../../ipc/indexer/protocol';
import type { ParsedQuery } from '../../ipc/indexer/query';
import { kindsLike, symbolKindNamed } from '../../syntax/symbolKinds';
import type { SymbolKind } from '../../syntax/symbolKinds';
import { languagesNamed } from '../../syntax/languages';
import type { Catalogue } from '../store/catalogue';

/** Whether a file of the catalogue, by its number, may hold an answer; and which languages no file has. */
export function acceptedFiles(
  catalogue: Catalogue,
  question: ParsedQuery,
): { accepts: (file: number) => boolean; remarks: SearchRemark[] } {
  const { languages, withoutLanguages, paths, withoutPaths } = question;
  if (languages.length + withoutLanguages.length + paths.length + withoutPaths.length === 0)
    return { accepts: () => true, remarks: [] };
  const fits = fileFilter(question);
  const accepted = new Set<number>();
  const absent = new Map([...languages, ...withoutLanguages].map((name) => [name, languageFilter(name)]));
  for (const { id, path, language } of catalogue.each<{ id: number; path: string; language: string }>(
    'SELECT id, path, language FROM files WHERE skipped IS NULL',
  )) {
    if (fits(path, language)) accepted.add(id);
    for (const [name, isIn] of absent) if (isIn(path, language)) absent.delete(name);
  }
  return {
    accepts: (file) => accepted.has(file),
    remarks: Array.from(absent.keys(), (name) => ({ kind: 'noSuchLanguage', name })),
  };
}

/**
 * What tells whether a file may hold an answer.
 *
 * @returns takes the file's path from the root, with `/` between folders, and its language
 */
export function fileFilter({
  languages,
  withoutLanguages,
  paths,
  withoutPaths,
}: ParsedQuery): (path: string, language: string) => boolean {
  const wanted = languages.map(languageFilter);
  const unwanted = withoutLanguages.map(languageFilter);
  const inside = paths.map(pathFilter);
  const outside = withoutPaths.map(pathFilter);
  return (path, language) =>
    (wanted.length === 0 || wanted.some((fits) => fits(path, language))) &&
    (inside.length === 0 || inside.some((fits) => fits(path))) &&
    !unwanted.some((fits) => fits(path, language)) &&
    !outside.some((fits) => fits(path));
}

/** A language by its name or a common one, or the ending of files, as they were typed: `ts`, `.ts` or `*.ts`. */
function languageFilter(typed: string): (path: string, language: string) => boolean {
  const name = typed.replace(/^\*?\./, '');
  const ids = new Set(languagesNamed(name));
  const ending = `.${name.toLowerCase()}`;
  return (path, language) => ids.has(language) || path.toLowerCase().endsWith(ending);
}

/** A part of a path, or a pattern where there is a `*` in it. */
function pathFilter(filter: string): (path: string) => boolean {
  if (filter.includes('*')) return pathPattern(filter);
  const part = filter.toLowerCase();
  return (path) => path.toLowerCase().includes(part);
}

/** Kinds that were asked for and that there are not. */
export function unknownKinds({ kinds }: ParsedQuery): string[] {
  return kinds.filter((kind) => symbolKindNamed(kind) === undefined);
}

/** What tells whether a chunk defines what is asked for, by its kind; undefined where any will do, or no kind has the name. */
export function kindFilter({ kinds }: ParsedQuery): ((kind: string) => boolean) | undefined {
  const known = kinds.map(symbolKindNamed).filter((kind) => kind !== undefined);
  if (known.length === 0) return undefined;
  const wanted = new Set<string>(known.flatMap((kind): readonly SymbolKind[] => kindsLike(kind)));
  return (kind) => wanted.has(kind);
}
