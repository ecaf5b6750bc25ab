import assert from 'node:assert/strict';
import { SearchIndex } from '../../../src/indexer/searchIndex';
import { encode } from '../../support/encode';
import { makeFolder } from '../../support/folder';
import { grammars } from '../../support/grammars';

/** Files that users of comparable products missed in their answers, each asked for as they did. */
describe('a search index finds what others have left out in silence:', () => {
  let index: SearchIndex | undefined;
  afterEach(() => index?.close());

  async function indexOf(files: Readonly<Record<string, string | Uint8Array>>): Promise<SearchIndex> {
    index = new SearchIndex({ root: makeFolder(files), store: makeFolder(), grammars });
    index.becomeWriter();
    await index.update();
    return index;
  }
  const paths = async (of: SearchIndex, question: string): Promise<string[]> => [
    ...new Set((await of.search(question)).map(({ path }) => path)),
  ];

  it('prose with a line for a paragraph, and the lines of an old Mac; what is minified is said to be', async () => {
    const paragraph = (at: number): string =>
      `Paragraph ${at}: when a request fails, it is tried again after a pause that grows each time. `.repeat(9).trim();
    const line = (at: number): string => `int counter_of_things_${at} = 1;`;
    const numbers = (count: number): number[] => Array.from({ length: count }, (_, at) => at + 1);
    const of = await indexOf({
      'docs/retry.md': `${numbers(12).map(paragraph).join('\n\n')}\n`,
      'old.c': numbers(200)
        .map((at) => `${line(at)}\r`)
        .join(''),
      'app.min.js': 'x=1;'.repeat(2_000),
    });
    for (const at of [1, 7, 12])
      assert.deepEqual(await paths(of, `"Paragraph ${at}: when a request"`), ['docs/retry.md']);
    for (const at of [1, 150, 200]) {
      const [hit] = await of.search(`"${line(at)}"`);
      assert.ok(
        hit?.path === 'old.c' && hit.from <= at && hit.to >= at && hit.to <= 200,
        `${at}: ${JSON.stringify(hit)}`,
      );
    }
    const { total, files } = of.skipped(10);
    assert.deepEqual([total, files.map(({ path, reason }) => [path, reason])], [1, [['app.min.js', 'minified']]]);
  });

  it('files whose names differ from a rule by their case, as git has it there', async function () {
    // Elsewhere, a file system takes such names for the same.
    if (process.platform !== 'linux') this.skip();
    const of = await indexOf({
      '.gitignore': 'Testing\nBackup*/\n[Dd]ebug/\n*.MD\n',
      'Testing/log.txt': 'marmot of the log\n',
      'src/testing/fixture.py': 'def marmot(): pass\n',
      'src/backup/restore.ts': 'export const marmot = 1;\n',
      'src/debug/out.ts': 'export const marmot = 2;\n',
      'notes.md': 'A marmot.\n',
      'OLD.MD': 'A marmot.\n',
    });
    assert.deepEqual((await paths(of, 'marmot')).sort(), [
      'notes.md',
      'src/backup/restore.ts',
      'src/testing/fixture.py',
    ]);
  });

  it('files in another encoding, by their words', async () => {
    const of = await indexOf({
      'a.js': encode("const label = 'Größe ändern'; // Maße prüfen\n", 'windows-1252'),
      'b.js': encode('// 读取配置\nfunction load() {}\n', 'gbk'),
      'c.txt': encode('Запрос повторяется после паузы\n', 'utf-16le-bom'),
    });
    for (const question of ['Größe', 'ändern', '"Maße prüfen"']) assert.deepEqual(await paths(of, question), ['a.js']);
    assert.deepEqual(of.readLines()('a.js', 1, 1), ["const label = 'Größe ändern'; // Maße prüfen"]);
    assert.deepEqual(await paths(of, '读取配置'), ['b.js']);
    assert.deepEqual(await paths(of, 'повторяется'), ['c.txt']);
  });

  it('what only looks like a secret', async () => {
    const of = await indexOf({
      'docs/guide.asc': '= Guide\n\nHow a badger digs.\n',
      'a.ts': '//TODO:contact@example.com about the otter\nexport const otter = 1;\n',
      'nav.css': '.sk-navigation-drawer-item { padding: 4px; }\n',
    });
    assert.deepEqual(await paths(of, 'badger digs'), ['docs/guide.asc']);
    assert.deepEqual(await paths(of, '"contact@example.com"'), ['a.ts']);
    assert.deepEqual(await paths(of, '"sk-navigation-drawer-item"'), ['nav.css']);
  });

  it('prose in files of unknown endings, in which no word is a definition', async () => {
    const of = await indexOf({ NOTES: 'Table of contents\n\nView orders\n', 'a.tex': 'Table of figures\n' });
    assert.deepEqual(await paths(of, 'symbol:of'), []);
    assert.deepEqual(await paths(of, 'table contents'), ['NOTES', 'a.tex']);
  });
});
