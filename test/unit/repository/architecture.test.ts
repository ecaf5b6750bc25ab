import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { methods as engineMethods } from '../../../src/ipc/engine/protocol';
import { methods as indexMethods } from '../../../src/ipc/indexer/protocol';
import { codeSpans, readDocument, repositoryPaths } from '../../support/documents';
import { root } from '../../support/paths';

const document = readDocument('docs/architecture.md');

/** Rows of the tables below a heading that begins so: the texts in backquotes of each cell. */
function rowsBelow(heading: string): string[][][] {
  const section = document.prose.split(/^#+ /m).find((part) => part.startsWith(heading)) ?? '';
  return section
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => codeSpans({ prose: cell })),
    );
}

/** Every file of a product that asks for a method by name, from the root. */
function askersOf(method: string): string[] {
  return globSync(['src/{features,host,cli}/**/*.ts', 'src/ipc/indexer/client.ts'], { cwd: root }).filter((path) =>
    new RegExp(`(?:request\\(|send\\(|pass\\(|method:)\\s*'${method}'`).test(readFileSync(join(root, path), 'utf8')),
  );
}

describe('docs/architecture.md', () => {
  it('names every folder of the programs', () => {
    const spans = new Set(codeSpans(document).map((span) => span.replace(/\/$/, '')));
    const folders = [...repositoryPaths].filter((path) =>
      /^(?:src\/[^/]+|src\/(?:features|engine|indexer|ipc)\/[^/]+|webview|models|test|scripts)\/$/.test(path),
    );
    assert.ok(folders.length > 40);
    const missing = folders.filter((folder) => {
      const path = folder.slice(0, -1);
      return !spans.has(path) && !spans.has(path.slice(path.lastIndexOf('/') + 1));
    });
    assert.deepEqual(missing, []);
  });

  for (const [heading, methods] of [
    ['Engine', engineMethods],
    ['Index', indexMethods],
  ] as const) {
    const rows = rowsBelow(heading);

    it(`has every method of the ${heading.toLowerCase()} process once`, () => {
      assert.deepEqual(rows.flatMap(([names = []]) => names).sort(), Object.keys(methods).sort());
    });

    it(`names for each method of the ${heading.toLowerCase()} process who asks for it`, () => {
      for (const [names = [], askers = []] of rows) {
        for (const name of names) {
          const asking = askersOf(name).filter((path) => isOf(heading, path));
          assert.ok(asking.length > 0, `nobody asks for ${name}`);
          const unnamed = asking.filter(
            (path) => !askers.some((asker) => path === asker || (asker.endsWith('/') && path.startsWith(asker))),
          );
          assert.deepEqual(unnamed, [], `${name} has other askers`);
          const idle = askers.filter(
            (asker) => !asking.some((path) => path === asker || (asker.endsWith('/') && path.startsWith(asker))),
          );
          assert.deepEqual(idle, [], `${name} is not asked for there`);
        }
      }
    });
  }
});

/** Both processes have a method `embed` or `search` of some kind: the index is asked by the search feature alone. */
function isOf(heading: 'Engine' | 'Index', path: string): boolean {
  const speaksToIndex = /^src\/(?:features\/search\/(?!encoder)|ipc\/indexer\/)/.test(path);
  return speaksToIndex === (heading === 'Index');
}
