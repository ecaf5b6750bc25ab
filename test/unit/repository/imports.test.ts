import assert from 'node:assert/strict';
import { globSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix, sep } from 'node:path';
import ts from 'typescript';
import { features, floors } from '../../../eslint.config.mjs';
import { root } from '../../support/paths';

/** For each file, the files of this repository that it imports, types and dynamic imports included. */
type Imports = ReadonlyMap<string, readonly string[]>;

function readImports(patterns: readonly string[]): Imports {
  const files = globSync(patterns, { cwd: root }).map((path) => path.split(sep).join('/'));
  const known = new Set(files);
  const importsOf = (file: string): string[] =>
    ts
      .preProcessFile(readFileSync(join(root, file), 'utf8'))
      .importedFiles.filter(({ fileName }) => fileName.startsWith('.') && !/\.\w+$/.test(fileName))
      .map(({ fileName }) => {
        const path = `${posix.join(dirname(file), fileName)}.ts`;
        assert.ok(known.has(path), `${file} imports ${fileName}, which is not there`);
        return path;
      });
  return new Map(files.map((file) => [file, importsOf(file)]));
}

/** The files that import each other in a circle, as the strongly connected components of more than one file (Tarjan, 1972). */
function circlesOf(imports: Imports): string[][] {
  const order = new Map<string, number>();
  const lowest = new Map<string, number>();
  const path: string[] = [];
  const circles: string[][] = [];
  const visit = (file: string): number => {
    const number = order.size;
    order.set(file, number);
    lowest.set(file, number);
    path.push(file);
    for (const next of imports.get(file) ?? []) {
      const reached = !order.has(next) ? visit(next) : path.includes(next) ? order.get(next)! : number;
      lowest.set(file, Math.min(lowest.get(file)!, reached));
    }
    if (lowest.get(file) === number) {
      const circle = path.splice(path.indexOf(file));
      if (circle.length > 1) circles.push(circle.sort());
    }
    return lowest.get(file)!;
  };
  for (const file of imports.keys()) if (!order.has(file)) visit(file);
  return circles;
}

/** The folder of src/ that a file lies in, or the file itself where it lies in none. */
const folderOf = (file: string): string => file.split('/')[1] ?? '';

describe('the imports of src/ and webview/', () => {
  let imports: Imports;
  before(() => void (imports = readImports(['src/**/*.ts', 'webview/**/*.ts'])));

  /** Every import of one file of src/ by another that does not hold to a rule. */
  const breaking = (holds: (from: string, to: string) => boolean): string[] =>
    [...imports]
      .filter(([from]) => from.startsWith('src/'))
      .flatMap(([from, all]) => all.filter((to) => !holds(from, to)).map((to) => `${from} → ${to}`));

  it('are read: every file, and from most of them an import', () => {
    assert.ok(imports.size > 400);
    assert.ok([...imports.values()].filter((all) => all.length > 0).length > imports.size / 2);
  });

  it('never go round in a circle of files, types included', () => {
    assert.deepEqual(circlesOf(imports), []);
  });

  it('never reach into src/engine/ from outside, be it from the command line', () => {
    const inEngine = (file: string) => file.startsWith('src/engine/');
    assert.deepEqual(
      [...imports].flatMap(([from, all]) =>
        inEngine(from) ? [] : all.filter(inEngine).map((to) => `${from} → ${to}`),
      ),
      [],
    );
  });

  it('go down the floors of eslint.config.mjs, which name every folder', () => {
    const below = new Map<string, readonly string[]>(Object.entries(floors));
    assert.deepEqual(
      readdirSync(join(root, 'src')).filter((name) => !name.endsWith('.ts')),
      [...below.keys()].sort(),
    );
    const names = [...below.keys()];
    for (const [name, allowed] of below)
      assert.ok(
        allowed.every((lower) => names.indexOf(lower) < names.indexOf(name)),
        `${name} may import what stands below it in the list`,
      );
    assert.deepEqual(
      breaking((from, to) => {
        const [folder, used] = [folderOf(from), folderOf(to)];
        return from === 'src/extension.ts' || folder === used || (below.get(folder)?.includes(used) ?? false);
      }),
      [],
    );
  });

  it('never join two features, of which eslint.config.mjs names every one', () => {
    assert.deepEqual(readdirSync(join(root, 'src/features')), features.toSorted());
    const featureOf = (file: string) => /^src\/features\/([^/]+)/.exec(file)?.[1];
    assert.deepEqual(
      breaking((from, to) => {
        const [own, used] = [featureOf(from), featureOf(to)];
        return own === undefined || used === undefined || own === used;
      }),
      [],
    );
  });
});

describe('circles of files', () => {
  it('are those that import each other, without files that only lead there', () => {
    const some = new Map([
      ['a', ['b', 'd']],
      ['b', ['c']],
      ['c', ['a']],
      ['d', ['e']],
      ['e', []],
      ['f', ['a', 'g']],
      ['g', ['f']],
    ]);
    assert.deepEqual(circlesOf(some).sort(), [
      ['a', 'b', 'c'],
      ['f', 'g'],
    ]);
  });
});

describe('src/', () => {
  for (const folder of ['src', 'src/engine', 'src/indexer'])
    it(`has at most two modules beside the folders of ${folder}/`, () => {
      const loose = readdirSync(join(root, folder)).filter((name) => name.endsWith('.ts'));
      assert.ok(loose.length <= 2, loose.join(', '));
    });
});
