import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import {
  codeSpans,
  documents,
  linkProblem,
  readDocument,
  relativeLinks,
  repositoryPaths,
} from '../../support/documents';
import { root } from '../../support/paths';

interface Manifest {
  readonly scripts: Readonly<Record<string, string>>;
  readonly contributes: {
    readonly commands: readonly { readonly title: string }[];
  };
}

const manifestText = readFileSync(join(root, 'package.json'), 'utf8');
const manifest = JSON.parse(manifestText) as Manifest;
const strings = JSON.parse(readFileSync(join(root, 'package.nls.json'), 'utf8')) as Readonly<Record<string, string>>;

/** A path from the root, in prose or in a block of code; `*` stands for any name. */
const repositoryPath =
  /(?<![\w./@-])(?:src|webview|test|scripts|docs|models|media|sample|l10n)\/[\w.*-]+(?:\/[\w.*-]+)*\/?/g;
/** What tests leave behind, and the folders that a build makes. */
const made = /^test\/output\b/;

/** Each match of a pattern in each document, with the document's path in front. */
const foundIn = (pattern: RegExp, form: 'text' | 'prose' = 'text') =>
  documents.flatMap(({ path, [form]: text }) => [...text.matchAll(pattern)].map(([, name = '']) => ({ path, name })));

describe('the documents', () => {
  it('are all read', () => {
    const paths = documents.map(({ path }) => path);
    for (const path of [
      'README.md',
      'CONTRIBUTING.md',
      'SECURITY.md',
      'CHANGELOG.md',
      'docs/architecture.md',
      'models/README.md',
    ])
      assert.ok(paths.includes(path), path);
    assert.ok(paths.filter((path) => /^src\/.*README\.md$/.test(path)).length >= 4);
  });

  it('have links that lead to files and headings', () => {
    const links = documents.flatMap((document) => relativeLinks(document).map((link) => ({ document, link })));
    assert.ok(links.length > 30);
    assert.deepEqual(
      links.flatMap(({ document, link }) => linkProblem(document, link) ?? []),
      [],
    );
  });

  it('name paths that exist', () => {
    const named = documents.flatMap(({ path, text }) =>
      [...text.replaceAll(/\]\([^)]*\)/g, '').matchAll(repositoryPath)].map(([found]) => ({
        path,
        found: found.replace(/[.,:]+$/, ''),
      })),
    );
    assert.ok(named.length > 200);
    const missing = named.filter(({ found }) => !made.test(found) && !exists(found));
    assert.deepEqual(missing, []);
  });

  it('name npm scripts and benchmarks that exist', () => {
    const scripts = foundIn(/\bnpm run (?:-s )?([a-z][a-z0-9:]*(?<!:))/g);
    assert.ok(scripts.length > 30);
    assert.deepEqual(
      scripts.filter(({ name }) => !Object.hasOwn(manifest.scripts, name)),
      [],
    );
    const benches = foundIn(/\bnpm run bench -- ([a-z]+(?:-[a-z]+)*)/g);
    assert.deepEqual(
      benches.filter(({ name }) => !existsSync(join(root, 'test/bench', name, 'main.ts'))),
      [],
    );
  });

  it('name settings and commands that package.json has', () => {
    const named = foundIn(/`(glassbox(?:\.[a-zA-Z0-9]+)+)`/g, 'prose').filter(
      ({ name }) => !/\.(?:json|sh)$/.test(name),
    );
    assert.ok(named.length > 20);
    assert.deepEqual(
      named.filter(({ name }) => !manifestText.includes(`"${name}"`)),
      [],
    );
    const titles = new Set(manifest.contributes.commands.map(({ title }) => strings[title.slice(1, -1)]));
    assert.deepEqual(
      foundIn(/\*\*Glassbox: ([^*]+)\*\*/g).filter(({ name }) => !titles.has(name)),
      [],
    );
  });

  it('are as short as they promise to be', () => {
    const words = readDocument('README.md')
      .text.split(/\s+/)
      .filter((word) => word !== '').length;
    assert.ok(words <= 800, `README.md has ${words} words`);
    for (const [path, most] of [
      ['docs/architecture.md', 250],
      ['CONTRIBUTING.md', 150],
    ] as const) {
      const lines = readDocument(path).text.split('\n').length - 1;
      assert.ok(lines <= most, `${path} has ${lines} lines`);
    }
  });
});

describe('the page of the extension', () => {
  it('shows pictures that the VSIX brings: of media/, and no SVG, which the editor does not show', () => {
    const pictures = [...readDocument('README.md').prose.matchAll(/!\[[^\]]+\]\(([^)]+)\)/g)].map(([, path]) => path);
    assert.ok(pictures.length > 0);
    assert.deepEqual(
      pictures.filter((path) => !/^media\/[\w-]+\.(?:png|gif)$/.test(path ?? '')),
      [],
    );
  });
});

describe('documents that show the way', () => {
  const guides = documents.filter(
    ({ path }) => path === 'docs/architecture.md' || /^(?:src|test|scripts)\b.*README\.md$/.test(path),
  );

  it('name files and folders, wherever they lie, that exist', () => {
    const lost = guides.flatMap((document) =>
      codeSpans(document)
        .filter((span) => /^[\w*][\w.*-]*(?:\/[\w.*-]+)*(?:\/|\.(?:ts|mjs|md|css|json))$/.test(span))
        .filter((span) => !made.test(span) && !/^(?:dist|x)\//.test(span) && !isSomewhere(span))
        .map((span) => `${document.path}: ${span}`),
    );
    assert.deepEqual(lost, []);
  });

  it('have a row for each benchmark that can be run', () => {
    const { prose } = readDocument('docs/benchmarks.md');
    const rows = Array.from(prose.matchAll(/^\| `([a-z-]+)` \|/gm), ([, name]) => name);
    const folders = globSync('test/bench/*/main.ts', { cwd: root }).map((path) => basename(dirname(path)));
    assert.deepEqual(rows.sort(), folders.sort());
  });
});

function exists(path: string): boolean {
  return path.includes('*') ? globSync(path, { cwd: root }).length > 0 : existsSync(join(root, path));
}

/** Whether a path, or the end of one, is in the repository. */
function isSomewhere(span: string): boolean {
  if (exists(span)) return true;
  for (const path of repositoryPaths) if (path.endsWith(`/${span}`)) return true;
  return false;
}
