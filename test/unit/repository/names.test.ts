import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { codeSpans, readDocument } from '../../support/documents';
import { root } from '../../support/paths';

/** Each protocol has these; they are told apart by the folder that they are imported from. May only get shorter. */
const allowed = ['ErrorCode', 'Method', 'Params', 'Result'];
const sources = globSync(['src/**/*.ts', 'webview/**/*.ts'], { cwd: root }).filter(
  (path) => !path.includes('/generated/'),
);

/** The files that export a type of a name: interfaces, aliases, classes. */
function exportedTypes(paths: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const path of paths) {
    const text = readFileSync(join(root, path), 'utf8');
    for (const [, name = ''] of text.matchAll(/^export (?:abstract )?(?:interface|type|class) (\w+)\b(?! *,)/gm))
      found.set(name, [...(found.get(name) ?? []), path]);
  }
  return found;
}

describe('names', () => {
  const types = exportedTypes(sources.filter((path) => path.startsWith('src/')));

  it('of exported types in src/ are unique, but for a few', () => {
    const repeated = [...types].filter(([, paths]) => paths.length > 1).map(([name]) => name);
    assert.deepEqual(repeated.sort(), allowed);
  });

  it('of types in the glossary exist', () => {
    const last = /\|([^|]*)\|$/gm;
    const { prose } = readDocument('docs/glossary.md');
    const named = Array.from(prose.matchAll(last), ([, cell = '']) => codeSpans({ prose: cell })).flat();
    assert.ok(named.length > 10);
    assert.deepEqual(
      named.filter((name) => /^[A-Z]\w+$/.test(name) && !types.has(name)),
      [],
    );
  });
});

describe('the head of a module', () => {
  /** The comment that a file begins with, unless it is that of the first definition. */
  function headOf(path: string): string | undefined {
    const text = readFileSync(join(root, path), 'utf8').trimStart();
    const [comment, inner = ''] = /^\/\*\*(.*?)\*\//s.exec(text) ?? [];
    if (comment === undefined || !/^\s*(?:import |\n)/.test(text.slice(comment.length).replace(/^\n/, '')))
      return undefined;
    return inner.replaceAll(/^\s*\*/gm, ' ').trim();
  }

  it('says in eight words or more what the module is', () => {
    const lacking = sources.filter((path) => (headOf(path)?.match(/[\p{L}\p{N}][\p{L}\p{N}'-]*/gu)?.length ?? 0) < 8);
    assert.deepEqual(lacking, []);
  });

  it('says more than the name of the file', () => {
    const words = (text: string) => new Set(text.toLowerCase().match(/\p{L}{3,}/gu));
    const repeating = sources.filter((path) => {
      const name = words(basename(path).replaceAll(/([a-z])([A-Z])/g, '$1 $2'));
      return [...words(headOf(path) ?? '')].filter((word) => !name.has(word)).length < 5;
    });
    assert.deepEqual(repeating, []);
  });
});
