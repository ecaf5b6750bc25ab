/** Reads the documents of the repository for the tests that hold them true. It knows Markdown as far as these documents use it. */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import { root } from './paths';

/** Folders that are fetched, built or written by tests. */
const made = ['node_modules', 'dist', '.cache', '.git', join('test', 'output'), join('test', 'fixtures'), '.venv'];
/** A workspace of its own, which is opened to try the extension. */
const sample = 'sample/';

/** Every file of the repository, and every folder with a `/` behind it, from the root. */
export const repositoryPaths: ReadonlySet<string> = new Set(
  globSync('**/*', {
    cwd: root,
    withFileTypes: true,
    exclude: (entry) => isMade(join(entry.parentPath, entry.name)),
  }).map(
    (entry) =>
      join(entry.parentPath, entry.name)
        .slice(root.length + 1)
        .split(sep)
        .join('/') + (entry.isDirectory() ? '/' : ''),
  ),
);

function isMade(path: string): boolean {
  return made.some((folder) => path === join(root, folder) || path.endsWith(`${sep}node_modules`));
}

/** A document, and what it says in which form. */
export interface Document {
  /** From the root. */
  readonly path: string;
  readonly text: string;
  /** The text without blocks of code. */
  readonly prose: string;
}

export function readDocument(path: string): Document {
  const text = readFileSync(join(root, path), 'utf8');
  return { path, text, prose: text.replace(/^( *)```[^]*?^\1```$/gm, '') };
}

/** All documents but those of fixtures and of the sample workspace. */
export const documents: readonly Document[] = [...repositoryPaths]
  .filter((path) => path.endsWith('.md') && !path.startsWith(sample))
  .sort()
  .map(readDocument);

/** Texts in backquotes, in order. */
export function codeSpans({ prose }: Pick<Document, 'prose'>): string[] {
  return [...prose.matchAll(/(?<!`)`([^`\n]+)`(?!`)/g)].map(([, span = '']) => span);
}

/** Targets of links and pictures within the repository, as they are written. */
export function relativeLinks({ prose }: Document): string[] {
  return [...prose.replaceAll(/`[^`\n]*`/g, '').matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = '']) => target)
    .filter((target) => !/^[a-z]+:/i.test(target));
}

/** What is wrong with a link, one sentence; undefined where it leads somewhere. */
export function linkProblem({ path }: Document, link: string): string | undefined {
  const [target = '', anchor] = link.split('#');
  const file = target === '' ? path : join(dirname(path), target).split(sep).join('/');
  if (!existsSync(join(root, file))) return `${path}: ${link} leads to no file`;
  if (anchor === undefined || headingAnchors(readDocument(file)).has(anchor)) return undefined;
  return `${path}: ${link} leads to no heading`;
}

/** Anchors of headings, as GitHub makes them. */
function headingAnchors({ prose }: Document): ReadonlySet<string> {
  return new Set(
    [...prose.matchAll(/^#+ +(.+)$/gm)].map(([, heading = '']) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{M}\p{N}\p{Pc}\- ]/gu, '')
        .replaceAll(' ', '-'),
    ),
  );
}
