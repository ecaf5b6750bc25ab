/**
 * Finds the parts of a file that are written in languages of their own: script, template and style of components, and the
 * cells of notebooks. Used by the chunker, by `symbols.ts` and by what inserts
 * summaries; parses none of them.
 */
import { languageOf, languagesNamed, languageWithId } from './languages';

/** A part of a file. UTF-16 units, end exclusive. */
export interface Region {
  readonly start: number;
  readonly end: number;
  /** A path whose name tells the language of the part. */
  readonly path: string;
}

/** The languages whose files are made of parts. */
const components = new Set(['vue', 'svelte', 'astro']);

/** @param path with `/` between folders @returns undefined where the whole file is in one language */
export function regionsOf(text: string, path: string): Region[] | undefined {
  const { id } = languageOf(path);
  if (id === 'jupyter') return cellsOf(text, path);
  return components.has(id) ? partsOf(text, path, id === 'astro') : undefined;
}

/** The language that a place of a file is in, as VS Code names it; undefined where the whole file is in one. @param offset UTF-16 units */
export function languageAt(text: string, path: string, offset: number): string | undefined {
  const region = regionsOf(text, path)?.find(({ start, end }) => offset >= start && offset < end);
  return region && languageOf(region.path).id;
}

/** No attribute goes beyond the next tag, so that a row of tags without an end is read once. */
const opening = /<(script|style)\b((?:"[^"]*"|'[^']*'|[^<>"'])*)>/giu;
const closing = { script: /<\/script/giu, style: /<\/style/giu };
const frontStart = /^[ \t]*---[ \t]*$/mu;
const frontEnd = /^---[ \t]*$/gmu;

/** What is neither script nor style is markup, tags included. */
function partsOf(text: string, path: string, hasFrontMatter: boolean): Region[] {
  const regions: Region[] = [];
  let at = 0;
  const add = (start: number, end: number, ending: string): void => {
    if (start > at) regions.push({ start: at, end: start, path: `${path}.html` });
    if (end > start) regions.push({ start, end, path: `${path}.${ending}` });
    at = end;
  };
  const front = hasFrontMatter ? frontMatterOf(text) : undefined;
  if (front !== undefined) add(...front, 'ts');
  opening.lastIndex = at;
  for (let tag = opening.exec(text); tag !== null; tag = opening.exec(text)) {
    const [whole, name = '', attributes = ''] = tag;
    const start = tag.index + whole.length;
    const end = whole.endsWith('/>')
      ? start
      : indexFrom(text, start, closing[name.toLowerCase() as keyof typeof closing]);
    add(start, end, endingOf(name, attributes));
    opening.lastIndex = end;
  }
  add(text.length, text.length, '');
  return regions;
}

/** What stands between the first two lines of three dashes. */
function frontMatterOf(text: string): [start: number, end: number] | undefined {
  const first = frontStart.exec(text);
  if (first === null) return undefined;
  const start = first.index + first[0].length + 1;
  frontEnd.lastIndex = start;
  const last = frontEnd.exec(text);
  return last === null ? undefined : [start, last.index];
}

/** Where a pattern is found from an offset on, or the end of the text. @param pattern global */
function indexFrom(text: string, start: number, pattern: RegExp): number {
  pattern.lastIndex = start;
  return pattern.exec(text)?.index ?? text.length;
}

/** A script without `lang` is JavaScript, which the grammar of TypeScript reads just so where it has types. */
function endingOf(name: string, attributes: string): string {
  const named = /\blang\s*=\s*["']?([\w-]+)/i.exec(attributes)?.[1] ?? '';
  const [id = name.toLowerCase() === 'script' ? 'javascript' : 'css'] = languagesNamed(named);
  return languageWithId(id)?.endings[0] ?? 'txt';
}

/** Before each cell: a line as Jupytext and VS Code's own Python files have it. */
const cellMark = /^# %% \[([^\]\n]*)\]\n/gm;

/** The line above a cell in the text of a notebook. @param language as the notebook names it */
export function markOf(language: string): string {
  return `# %% [${language.replaceAll(/[\]\n]/g, '')}]\n`;
}

function cellsOf(text: string, path: string): Region[] {
  const marks = Array.from(text.matchAll(cellMark), ({ 0: mark, 1: language = '', index }) => ({
    mark: index,
    start: index + mark.length,
    path: `${path}.${languageWithId(languagesNamed(language)[0] ?? '')?.endings[0] ?? 'txt'}`,
  }));
  return marks.map(({ start, path: cell }, index) => ({
    start,
    end: marks[index + 1]?.mark ?? text.length,
    path: cell,
  }));
}
