/** Which language a file is in, by its name, and questions that its row in the table answers. Used wherever text is read as code. */
import { fileName } from '../common/files/paths';
import { languages, unknownLanguage } from './languageTable';
import type { Language } from './languageTable';

export type { Comments, DocumentationStyle, Grammar, Language, Strings } from './languageTable';

const index = (keys: (language: Language) => readonly string[]): ReadonlyMap<string, Language> =>
  new Map(languages.flatMap((language) => keys(language).map((key) => [key, language] as const)));

const byId = index(({ id }) => [id]);
const byEnding = index(({ endings }) => endings);
const byName = index(({ names }) => names);

/** @param path with `/` between folders */
export function languageOf(path: string): Language {
  const name = fileName(path).toLowerCase();
  const dot = name.lastIndexOf('.');
  const ending = dot > 0 ? byEnding.get(name.slice(dot + 1)) : undefined;
  // `Dockerfile.dev` is one too, `Makefile.js` is none.
  const first = /^[^.]*file(?=\.)/.exec(name)?.[0] ?? '';
  return byName.get(name) ?? ending ?? byName.get(first) ?? unknownLanguage;
}

/** The languages that are meant by a name: VS Code's, what people say, or an ending of files. Perhaps none. */
export function languagesNamed(name: string): readonly string[] {
  const wanted = name.toLowerCase();
  return languages
    .filter(({ id, aliases, endings }) => id === wanted || aliases.includes(wanted) || endings.includes(wanted))
    .map(({ id }) => id);
}

/** @param id as VS Code names it */
export function languageWithId(id: string): Language | undefined {
  return byId.get(id);
}

/**
 * A path whose name tells a language: an untitled document and a notebook's cell are code like any other.
 *
 * @param path with `/` between folders
 * @param languageId as VS Code names it
 * @returns the path itself where its name says the same, or no ending of that language is known
 */
export function pathInLanguage(path: string, languageId: string): string {
  const wanted = byId.get(languageId);
  const [ending] = wanted?.endings ?? [];
  if (wanted === undefined || ending === undefined || isReadAlike(languageOf(path), wanted)) return path;
  return `${path}.${ending}`;
}

/** Whether one language's text is read as the other's: a header may be C or C++. */
function isReadAlike(a: Language, b: Language): boolean {
  if (a.id === b.id) return true;
  return (
    typeof a.structure === 'object' && typeof b.structure === 'object' && a.structure.grammar === b.structure.grammar
  );
}

/** Whether a line, without its indentation, only closes a block: such a line may well follow another one like it. */
export function closesBlock(line: string, { blocks }: Language): boolean {
  return /^[)\]}]/.test(line) || blocks.closes?.test(line) === true;
}
