import assert from 'node:assert/strict';
import fc from 'fast-check';
import { termsOf, termsOfQuestion } from '../../../../src/common/text/terms';
import { isData } from '../../../../src/common/text/words';
import { sourceText } from '../../../support/texts';

describe('terms', () => {
  it('are the whole identifier and its stems', () => {
    assert.deepEqual(termsOf('parseHTTPHeader(retries2)'), [
      'parsehttpheader',
      'pars',
      'http',
      'header',
      'retries2',
      'retri',
      '2',
    ]);
    assert.deepEqual(termsOf('running'), ['run']);
    assert.deepEqual(termsOf('_private $scope'), ['privat', 'scope']);
  });

  it('are there in every script', () => {
    assert.deepEqual(termsOf('größeBerechnen'), ['grosseberechnen', 'gross', 'berechnen']);
    assert.deepEqual(termsOf('数据库连接'), ['数据', '据库', '库连', '连接', '数', '据', '库', '连', '接']);
    assert.deepEqual(termsOf('прочитатьФайл'), ['прочитатьфайл', 'прочитать', 'файл']);
    assert.deepEqual(termsOf('ยินดี'), ['ยิ', 'ิน', 'นด', 'ดี']);
  });

  it('are pairs of Japanese with its long vowel, also of half width', () => {
    assert.deepEqual(termsOf('サーバー設定'), ['サー', 'ーバ', 'バー', 'ー設', '設定', '設', '定']);
    assert.deepEqual(termsOf('ｻｰﾊﾞｰ'), termsOf('サーバー'));
    assert.deepEqual(termsOf('load設定File'), ['load', '設定', '設', '定', 'file']);
  });

  const isFound = (question: string, text: string): boolean => {
    const [terms, asked] = [new Set(termsOf(text)), termsOfQuestion(question)];
    return asked.length > 0 && asked.every((term) => terms.has(term));
  };

  it('are found by a part: one ideograph, a word of a run, Korean without its particle, a word of a name', () => {
    assert.ok(isFound('サーバー', 'サーバー設定を読み込む') && isFound('設定', 'サーバー設定を読み込む'));
    assert.ok(isFound('鍵', '暗号鍵を更新する') && !isFound('鍵', 'サーバー設定を読み込む'));
    assert.ok(isFound('사용자', '사용자를 찾는다') && isFound('값', '값을 읽는다'));
    assert.ok(!isFound('userBy', 'x.getUserById') && isFound('user by', 'x.getUserById'));
    assert.deepEqual(termsOfQuestion('設定'), ['設定']);
    assert.deepEqual(termsOfQuestion('鍵'), ['鍵']);
  });

  it('of a part of a run are terms of the run', () => {
    const run = fc.string({
      unit: fc.constantFrom(...Array.from('サーバー設定鍵사용자를')),
      minLength: 1,
      maxLength: 12,
    });
    fc.assert(
      fc.property(run, fc.nat(), fc.nat(), (text, a, b) => {
        const [from, to] = [a % text.length, b % (text.length + 1)].sort((x, y) => x - y) as [number, number];
        const part = text.slice(from, to);
        if (part.length > 1) assert.ok(isFound(part, text), `${part} in ${text}`);
      }),
    );
  });

  it('are the same however a character is composed', () => {
    assert.deepEqual(termsOf('cafe\u0301'), termsOf('caf\u00e9'));
  });

  it('are the same with accents and without, where these are no letters of their own', () => {
    const pairs = [
      ['São', 'sao'], ['naïve', 'naive'], ['Straße', 'strasse'], ['İstanbul', 'istanbul'], ['ısı', 'isi'], ['Łódź', 'lodz'],
      ['œuvre', 'oeuvre'], ['Ærø', 'aero'], ['tiếng', 'tieng'], ['αρχείο', 'αρχειο'], ['ещё', 'еще'],
    ] as const; // prettier-ignore
    for (const [accented, plain] of pairs) {
      assert.deepEqual(termsOf(accented), termsOf(plain), accented);
      assert.ok(isFound(accented, plain) && isFound(plain, accented), accented);
    }
    // Vowels, and a letter of its own.
    assert.notDeepEqual(termsOf('की'), termsOf('क'));
    assert.notDeepEqual(termsOf('май'), termsOf('маи'));
    assert.notDeepEqual(termsOf('が'), termsOf('か'));
    const latin = fc.string({
      unit: fc.constantFrom(...Array.from('aàáâãäåæcçeèéêëiìíîïnñoòóôõöøœsßuùúûüyýÿ')),
      minLength: 1,
      maxLength: 12,
    });
    fc.assert(
      fc.property(latin, (word) =>
        assert.ok(
          termsOf(word).every((term) => /^[a-z]+$/.test(term)),
          word,
        ),
      ),
    );
  });

  it('leave out what is data, and no long name', () => {
    assert.deepEqual(termsOf('A'.repeat(65)), []);
    assert.deepEqual(termsOf('aGVsbG8gd29ybGQhIHRoaXMgaXMgYSBwaWN0dXJlIGFzIGxldHRlcnMgYW5kIG5vdGhpbmcgZWxzZQ'), []);
    const name = 'test_returns_403_when_the_member_has_left_the_organisation_and_the_project_is_private';
    assert.ok(isFound('member has left organisation tests', name) && isFound(name, `def ${name}(client):`));
    const words = fc.array(fc.stringMatching(/^[a-z]{3,12}$/), { minLength: 7, maxLength: 18 });
    fc.assert(fc.property(words, (all) => assert.ok(!isData(all.join('_')) && isFound(all[0]!, all.join('_')))));
  });

  it('come from any text without failing', () => {
    fc.assert(fc.property(sourceText, (text) => assert.ok(termsOfQuestion(text).length <= termsOf(text).length)));
  });
});
