/**
 * Finds the parts of a file that are written in languages of their own: script, template and style of components, and the
 * cells of notebooks. Used by the chunker and by `symbols.ts`; parses none of them.
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

const opening = /<(script|style)\b((?:"[^"]*"|'[^']*'|[^>"'])*)>/giu;

/** What is neither script nor style is markup, tags included. */
function partsOf(text: string, path: string, hasFrontMatter: boolean): Region[] {
  const regions: Region[] = [];
  let at = 0;
  const add = (start: number, end: number, ending: string): void => {
    if (start > at) regions.push({ start: at, end: start, path: `${path}.html` });
    if (end > start) regions.push({ start, end, path: `${path}.${ending}` });
    at = end;
  };
  const front = hasFrontMatter ? /^\s*---[ \t]*\n([\s\S]*?)^---[ \t]*$/m.exec(text) : null;
  if (front !== null) {
    const start = text.indexOf('\n', front.index + front[0].indexOf('---')) + 1;
    add(start, start + (front[1]?.length ?? 0), 'ts');
  }
  opening.lastIndex = at;
  for (let tag = opening.exec(text); tag !== null; tag = opening.exec(text)) {
    const [whole, name = '', attributes = ''] = tag;
    const start = tag.index + whole.length;
    const closing = whole.endsWith('/>') ? start : text.toLowerCase().indexOf(`</${name.toLowerCase()}`, start);
    const end = closing < 0 ? text.length : closing;
    add(start, end, endingOf(name, attributes));
    opening.lastIndex = end;
  }
  add(text.length, text.length, '');
  return regions;
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
