import assert from 'node:assert/strict';
import { join } from 'node:path';
import { languageOf } from '../../src/syntax/languages';
import { encode } from '../support/encode';
import { makeFolder } from '../support/folder';
import { IndexHosts } from '../support/indexHost';

/** What people write in each encoding; the last word is asked for. */
const sentences = {
  'utf-8': 'Die Größe der Fenster ändern und die Maße prüfen',
  'utf-8-bom': 'Résumé déjà vu, façade et naïveté',
  'utf-16le': 'Größe messen and read some plain words beside it',
  'utf-16le-bom': 'Загрузка настроек приложения',
  'utf-16be-bom': '設定を読み込む',
  'windows-1252': 'Die Größe der Fenster ändern, für schöne Maße und Übersicht',
  'windows-1251': 'Чтение настроек и проверка соединения с сервером',
  'koi8-r': 'Чтение настроек и проверка соединения с сервером',
  gb18030: '读取配置文件并返回数据库连接',
  big5: '讀取設定檔案並傳回資料庫連線',
  shift_jis: 'サーバーの設定を読み込んでから鍵を更新する',
  'euc-kr': '사용자를 찾아서 설정을 읽는다',
} as const;
const labels = Object.keys(sentences) as (keyof typeof sentences)[];

const endings =
  'ts tsx js jsx py java kt scala groovy cs fs c cpp go rs zig swift dart rb php pl r jl nim lua ex erl hs ml clj sh ps1 bat sql graphql proto css scss yaml toml ini xml html md txt rst tex json vue svelte astro ipynb'.split(
    ' ',
  );

/** A file of some lines, each of which says which file it is. */
function contentOf(ending: string, line: string): string {
  const lines = (mark: string, end = ''): string => `${mark}${line}${end}\n`.repeat(6);
  switch (ending) {
    case 'ipynb':
      return JSON.stringify({ cells: [{ cell_type: 'code', source: lines('# '), outputs: [] }] });
    case 'json':
      return `${JSON.stringify({ note: line, more: Array.from({ length: 5 }, () => line) }, undefined, 1)}\n`;
    case 'vue':
    case 'svelte':
    case 'astro':
      return `<script>\n${lines('// ')}</script>\n<p>\n${lines('')}</p>\n`;
    default: {
      const { lines: marks, block } = languageOf(`a.${ending}`).comments;
      return block !== undefined && marks.length === 0
        ? lines(`${block[0]} `, ` ${block[1]}`)
        : lines(`${marks[0] ?? ''} `);
    }
  }
}

describe('a workspace of all kinds', function () {
  const hosts = new IndexHosts();
  afterEach(() => hosts.close());

  it('leaves no file out in silence: each is found by what stands in it, or listed with a reason', async () => {
    const files: Record<string, string | Uint8Array> = {};
    const phrases = new Map<string, string>();
    for (let number = 0; number < 300; number++) {
      const ending = endings[number % endings.length]!;
      // JSON is Unicode, by its standard.
      const label = ending === 'ipynb' ? 'utf-8' : labels[number % labels.length]!;
      const path = `src/${label}/${number}.${ending}`;
      const sentence = sentences[label];
      files[path] = encode(contentOf(ending, `${sentence} ${number} file`), label);
      phrases.set(path, `"${sentence.split(' ').at(-1)!} ${number} file"`);
    }
    const reasons = {
      'media/logo.png': 'binary',
      'web/app.min.js': 'minified',
      'data/large.csv': 'huge',
    };
    const host = hosts.open(
      makeFolder({
        ...files,
        'media/logo.png': Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 0, 0, 1, 2]),
        'web/app.min.js': 'a({b:1,c:2});'.repeat(900),
        'data/large.csv': 'a,b\n'.repeat(700_000),
      }),
    );
    await host.idle();
    const missed: string[] = [];
    for (const [path, phrase] of phrases) {
      const found = await host.found(phrase);
      if (!found.some((hit) => hit.path === path && hit.snippet.marks.length > 0)) missed.push(`${path}: ${phrase}`);
    }
    assert.deepEqual(missed, []);
    const { total, files: skipped } = await host.client.request('skipped', {});
    assert.equal(total, 3);
    assert.deepEqual(Object.fromEntries(skipped.map(({ path, reason }) => [path, reason])), reasons);
  });

  it('shows what lies in two of its folders once, as in the inner one', async () => {
    const folder = makeFolder({
      'a.ts': 'export function outerBadger() {}\n',
      'packages/api/b.ts': 'export function innerBadger() {}\n',
    });
    const inner = join(folder, 'packages', 'api');
    const host = hosts.open(folder, { more: [inner] });
    await host.idle();
    const found = (await host.found('badger')).map(({ root, path, symbol }) => [root, path, symbol]).sort();
    assert.deepEqual(found, [
      [folder, 'a.ts', 'outerBadger'],
      [inner, 'b.ts', 'innerBadger'],
    ]);
  });
});
