import assert from 'node:assert/strict';
import { SearchIndex } from '../../../src/indexer/searchIndex';
import { makeFolder } from '../../support/folder';
import { grammars } from '../../support/grammars';

/** Questions as people type them, to an index without models. */
describe('a search index, asked as people ask,', () => {
  let index: SearchIndex | undefined;
  afterEach(() => index?.close());

  async function indexOf(files: Readonly<Record<string, string>>): Promise<SearchIndex> {
    index = new SearchIndex({ root: makeFolder(files), store: makeFolder(), grammars });
    index.becomeWriter();
    await index.update();
    return index;
  }
  const places = async (of: SearchIndex, question: string): Promise<string[]> =>
    (await of.search(question)).map(({ path, symbol }) => (symbol === '' ? path : `${path} ${symbol}`));
  const remarks = async (of: SearchIndex, question: string) => (await of.answer(question)).remarks;

  const users = {
    'users.ts': 'export const getUserById = (id: string) => cache[id] ??= load(id);\n',
    'other.ts': 'export const parse = (text: string) => text.split(",");\n',
  };

  it('finds parts of names, signs and what goes over two pieces', async () => {
    const of = await indexOf({
      ...users,
      'long.md': `${Array.from({ length: 90 }, (_, at) => `Line ${at} of the text that is cut somewhere,`).join('\n')}\n`,
    });
    for (const question of ['"getUserBy"', '"ById = ("', 'cache "??="', '??=', '"userbyid"'])
      assert.deepEqual(await places(of, question), ['users.ts getUserById'], question);
    assert.deepEqual(await places(of, '"GetUserBy"'), []);
    for (let line = 0; line < 89; line++) {
      const hits = await of.search(`"Line ${line} of the text that is cut somewhere,"`);
      assert.ok(
        hits.some(({ from, to }) => from <= line + 1 && to >= line + 1),
        String(line),
      );
    }
  });

  it('finds what a regular expression matches, and says what it cannot', async () => {
    const of = await indexOf(users);
    assert.deepEqual(await places(of, String.raw`/get\w+ById\s*=/`), ['users.ts getUserById']);
    assert.deepEqual(await places(of, String.raw`/\w+\(/ lang:ts path:other`), ['other.ts parse']);
    assert.deepEqual(await places(of, '/get(?=User)/'), []);
    const [remark] = await remarks(of, '/get(?=User)/');
    assert.ok(remark?.kind === 'pattern' && remark.isLookAround);
    assert.deepEqual((await remarks(of, '/(/')).map(({ kind }) => kind), ['pattern']); // prettier-ignore
    assert.deepEqual(await remarks(of, '/get/'), []);
    assert.deepEqual(await places(of, '/GETUSER/'), []);
    assert.deepEqual(await places(of, '/GETUSER/i'), ['users.ts getUserById']);
  });

  it('takes two colons for a name, either slash for a folder, and languages by their names', async () => {
    const of = await indexOf({
      'src/main.rs': 'fn join_all(path: std::path::PathBuf) -> PathBuf {\n    path.join("a")\n}\n',
      'src/api/retry.ts': 'export function retry() {}\n',
      'a.tsx': 'export function parse() { return <p>x</p>; }\n',
      'run.sh': 'parse() { echo "x"; }\n',
      'a.cpp': 'int parse(int x) { return x; }\n',
      'a.go': 'package a\nfunc parse() {}\n',
      'a.cs': 'class A { void parse() {} }\n',
    });
    assert.deepEqual((await places(of, 'path::PathBuf join'))[0], 'src/main.rs join_all');
    assert.deepEqual(await places(of, String.raw`retry path:src\api`), ['src/api/retry.ts retry']);
    const byLanguage = [['c++', 'a.cpp'], ['c#', 'a.cs'], ['golang', 'a.go'], ['bash', 'run.sh'], ['typescript', 'a.tsx']] as const; // prettier-ignore
    for (const [name, path] of byLanguage) {
      assert.deepEqual((await of.search(`parse lang:${name}`)).map((hit) => hit.path), [path], name); // prettier-ignore
      assert.deepEqual(await remarks(of, `parse lang:${name}`), []);
    }
    assert.deepEqual(await places(of, 'parse lang:pyton'), []);
    assert.deepEqual(await remarks(of, 'parse lang:pyton'), [{ kind: 'noSuchLanguage', name: 'pyton' }]);
    assert.deepEqual(await remarks(of, 'parse lang:python'), [{ kind: 'noSuchLanguage', name: 'python' }]);
    assert.deepEqual(await remarks(of, 'parse -lang:pyton'), [{ kind: 'noSuchLanguage', name: 'pyton' }]);
    assert.deepEqual((await places(of, 'parse -lang:go -lang:c++ -lang:cs -lang:sh'))[0], 'a.tsx parse');
  });

  it('finds Japanese, Chinese and Korean by words, signs and without particles', async () => {
    const of = await indexOf({
      'server.ts':
        '// サーバー設定を読み込む\nexport function load() {}\n// 暗号鍵を更新する\nexport function rotate() {}\n',
      'user.py': '# 사용자를 찾는다\ndef find():\n    pass\n',
    });
    for (const question of ['サーバー', '設定', 'ｻｰﾊﾞｰ'])
      assert.deepEqual(await places(of, question), ['server.ts load']);
    assert.deepEqual(await places(of, '鍵'), ['server.ts rotate']);
    assert.deepEqual(await places(of, '사용자'), ['user.py find']);
  });

  it('finds accents however they are written, and pictures', async () => {
    const of = await indexOf({
      'a.md': 'Le cafe\u0301 est ouvert.\n',
      'b.md': 'Un café fermé.\n',
      'c.md': 'Ship it 🚀\n',
    });
    for (const question of ['"café"', '"cafe\u0301"', 'café', 'cafe\u0301', 'cafe'])
      assert.deepEqual((await places(of, question)).sort(), ['a.md', 'b.md'], question);
    assert.deepEqual(await places(of, '🚀'), ['c.md']);
  });

  it('puts a letter right where nothing else is found, and says so', async () => {
    const of = await indexOf({ 'net.ts': 'export function retryRequest() {}\n' });
    assert.deepEqual(await places(of, 'retyr'), ['net.ts retryRequest']);
    assert.deepEqual(await remarks(of, 'retyr'), [{ kind: 'corrected', from: 'retyr', to: 'retry' }]);
    assert.deepEqual(await remarks(of, 'retyr request'), []);
    assert.deepEqual(await places(of, '"retyr"'), []);
  });

  it('finds definitions by their kind', async () => {
    const of = await indexOf({
      'a.ts': `export class Socket {\n  /** Opens it. */\n  open() { return 1; }\n}\nexport function dial() {}\nexport interface Peer { id: string }\nexport const hang = () => 1;\n${'// more\n'.repeat(60)}`,
      'b.py': 'class Wire:\n    def cut(self):\n        pass\n\ndef bare():\n    pass\n',
      'c.rs': 'struct Plug { a: u8 }\nenum Pin { A }\ntrait Fits { fn fit(&self); }\nmacro_rules! join { () => {} }\n',
      'notes.md': '# Cables\n\nText.\n',
    });
    const symbols = async (question: string): Promise<string[]> =>
      (await of.search(question, { top: 50 })).map(({ symbol }) => symbol).sort();
    assert.deepEqual(await symbols('kind:function path:a.ts'), ['dial', 'hang']);
    assert.deepEqual(await symbols('kind:interface'), ['Fits', 'Peer']);
    assert.deepEqual(await symbols('kind:class'), ['Plug', 'Socket', 'Wire']);
    assert.deepEqual(await symbols('kind:enum'), ['Pin']);
    assert.deepEqual(await symbols('kind:macro'), ['join']);
    assert.deepEqual(await symbols('kind:section'), ['Cables']);
    assert.deepEqual(await symbols('kind:type path:a.ts'), ['Peer', 'Socket']);
    assert.deepEqual(await symbols('kind:fn path:a.ts'), ['dial', 'hang']);
    assert.deepEqual(await symbols('kind:traits'), ['Fits', 'Peer']);
    assert.deepEqual(await remarks(of, 'kind:badger'), [{ kind: 'unknownKind', name: 'badger' }]);
  });

  it('finds long names by their words, parts of names, and code beside a line of data', async () => {
    const name = 'test_returns_403_when_the_member_has_left_the_organisation_and_the_project_is_private';
    const of = await indexOf({
      'it_test.py': `def ${name}(client):\n    assert client\n`,
      'icons.ts': `${Array.from({ length: 40 }, (_, at) => `export function parseIconName${at}(name: string) { return name; }\n`).join('')}const sprite = 'data:image/png;base64,${'iVBORw0KGgo'.repeat(1_500)}';\n`,
      'nav.css': '.sk-navigation-drawer-item { padding: 4px; }\n',
      ...users,
    });
    assert.deepEqual(await places(of, 'member has left organisation tests'), [`it_test.py ${name.slice(0, 80)}`]);
    assert.match((await places(of, 'parse icon name'))[0]!, /^icons\.ts parseIconName/);
    assert.deepEqual((await places(of, 'user by id'))[0], 'users.ts getUserById');
    assert.deepEqual((await of.search('navigation drawer item'))[0]?.path, 'nav.css');
  });

  it('finds cells of notebooks and scripts of components as what they are', async () => {
    const net = 'def net_price(gross, rate):\n    return gross / (1 + rate)';
    const picture = { data: { 'image/png': 'iVBORw0KGgo'.repeat(3_000) } };
    const of = await indexOf({
      'prices.ipynb': JSON.stringify({
        cells: [
          { cell_type: 'markdown', source: ['# Prices\n', 'with tax'] },
          { cell_type: 'code', source: net, outputs: [picture] },
          { cell_type: 'code', source: 'api_password = "hunter22hunter22"\nx = 1' },
        ],
        metadata: { language_info: { name: 'python' } },
      }),
      'Orders.vue':
        '<script setup lang="ts">\nconst cancelOrder = async (id: string) => {\n  await api.remove(id);\n};\n</script>\n<template>\n  <a href="/orders">\n    View orders\n  </a>\n</template>\n',
    });
    const [hit] = await of.search('net price');
    assert.deepEqual([hit?.path, hit?.symbol, hit?.from, hit?.to], ['prices.ipynb', 'net_price', 5, 6]);
    assert.deepEqual(of.readLines()('prices.ipynb', 5, 6), net.split('\n'));
    assert.deepEqual(await places(of, '"hunter22hunter22"'), []);
    assert.deepEqual(await places(of, 'symbol:cancelOrder'), ['Orders.vue cancelOrder']);
    assert.deepEqual(await places(of, 'symbol:orders'), []);
    assert.ok((await places(of, 'view orders')).includes('Orders.vue'));
  });
});
