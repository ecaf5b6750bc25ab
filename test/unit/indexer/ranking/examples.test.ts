import assert from 'node:assert/strict';
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { sentenceOf } from '../../../../src/indexer/ranking/examples';
import { SearchIndex } from '../../../../src/indexer/searchIndex';
import { makeFolder } from '../../../support/folder';
import { grammars } from '../../../support/grammars';
import { root } from '../../../support/paths';

async function indexOf(folder: string): Promise<SearchIndex> {
  const index = new SearchIndex({ root: folder, store: makeFolder(), grammars });
  index.becomeWriter();
  await index.update();
  return index;
}

function write(files: Readonly<Record<string, string>>): string {
  const folder = makeFolder();
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

describe('example questions of a workspace', () => {
  it('are a sentence of its documentation, the words of a name, and a kind with a name', async () => {
    const index = await indexOf(
      write({
        'src/feed.ts':
          '/** Gives the pelican as much fish as it can carry. */\nexport function feed() {\n  return 1;\n}\n',
        'src/wash.ts': 'export function washTheHeron() {\n  return 2;\n}\n',
        'src/nest.ts': 'export class NestOfStorks {\n  eggs = 3;\n}\n',
        'test/feed.test.ts':
          '/** Feeds nobody at all in the dark. */\nexport function feedInTest() {\n  return 4;\n}\n',
      }),
    );
    assert.deepEqual(index.examples(), [
      { kind: 'sentence', text: 'gives the pelican as much fish as it can carry' },
      { kind: 'name', text: 'wash the heron' },
      { kind: 'filter', text: 'nest of storks kind:class' },
    ]);
    index.close();
  });

  it('find what they are about', async () => {
    const folder = makeFolder();
    cpSync(join(root, 'node_modules/zod/src/v4'), join(folder, 'zod'), { recursive: true });
    const index = await indexOf(folder);
    const examples = index.examples();
    assert.deepEqual(
      examples.map(({ kind }) => kind),
      ['sentence', 'name', 'filter'],
    );
    for (const { text } of examples) assert.ok((await index.search(text, { mode: 'lexical' })).length > 0, text);
    index.close();
  });

  it('are narrowed by a folder where nothing is of a kind, and none where nothing is defined', async () => {
    const named = await indexOf(write({ 'lib/a.js': 'function washTheHeron() {\n  return 2;\n}\n' }));
    assert.deepEqual(named.examples(), [{ kind: 'name', text: 'wash the heron' }]);
    named.close();
    const two = await indexOf(
      write({
        'lib/a.js': 'function washTheHeron() {\n  return 2;\n}\n',
        'lib/b.js': 'function dryTheHeron() {\n  return 2;\n}\n',
      }),
    );
    assert.deepEqual(two.examples()[1], { kind: 'filter', text: 'dry the heron path:lib' });
    two.close();
    const empty = await indexOf(write({ 'a.txt': 'nothing is defined here\n' }));
    assert.deepEqual(empty.examples(), []);
    empty.close();
    const none = new SearchIndex({ root: makeFolder(), store: makeFolder(), grammars });
    assert.deepEqual(none.examples(), []);
  });

  it('are sentences as documentation of any language has them', () => {
    const wanted = 'opens the socket and waits';
    for (const code of [
      '/**\n * Opens the socket\n * and waits. Then more.\n * @param port where\n */\nfunction f() {}',
      '/// Opens the socket and waits.\nfn f() {}',
      '// Opens the socket and waits\nfunc f() {}',
      '# Opens the socket and waits.\ndef f\nend',
      'def f(port):\n    """Opens the socket and waits.\n\n    More.\n    """\n    pass',
      '--- Opens the socket and waits.\nfunction f() end',
    ])
      assert.equal(sentenceOf(code), wanted, code);
    assert.equal(sentenceOf('/** HTTP headers are read as a list. */'), 'HTTP headers are read as a list');
    for (const code of [
      'const a = 1;',
      '// eslint-disable-next-line no-console\nf();',
      '/** Copyright (c) 2020 by those who wrote it. */',
      '/** Too short. */',
      '/** @returns {number} the number of all things there are */',
      `/** ${'word '.repeat(40)}. */`,
    ])
      assert.equal(sentenceOf(code), undefined, code);
    fc.assert(
      fc.property(fc.string({ maxLength: 400 }), (code) => {
        const sentence = sentenceOf(code);
        assert.ok(
          sentence === undefined || (sentence.length <= 72 && !/[\n@{}"<>]/.test(sentence.replaceAll('"', ''))),
        );
      }),
    );
  });
});
