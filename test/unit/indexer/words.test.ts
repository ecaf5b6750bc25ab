import assert from 'node:assert/strict';
import fc from 'fast-check';
import { decodePostings, encodePostings, countPostings } from '../../../src/indexer/postings';
import { termsOf } from '../../../src/indexer/words';
import { sourceText } from '../../support/texts';

describe('terms', () => {
  it('are the whole identifier and its stems', () => {
    assert.deepEqual(termsOf('parseHTTPHeader(retries2)'), ['parsehttpheader', 'pars', 'http', 'header', 'retries2', 'retri', '2']);
    assert.deepEqual(termsOf('running'), ['run']);
    assert.deepEqual(termsOf('_private $scope'), ['privat', 'scope']);
  });

  it('are there in every script', () => {
    assert.deepEqual(termsOf('größeBerechnen'), ['größeberechnen', 'größe', 'berechnen']);
    assert.deepEqual(termsOf('数据库连接'), ['数据', '据库', '库连', '连接']);
    assert.deepEqual(termsOf('прочитатьФайл'), ['прочитатьфайл', 'прочитать', 'файл']);
  });

  it('are the same however a character is composed', () => {
    assert.deepEqual(termsOf('cafe\u0301'), termsOf('caf\u00e9'));
  });

  it('leave out what is data', () => {
    assert.deepEqual(termsOf('A'.repeat(65)), []);
  });

  it('come from any text without failing', () => {
    fc.assert(fc.property(sourceText, (text) => void termsOf(text)));
  });
});

describe('postings', () => {
  it('come back as they were written', () => {
    const entries = fc.array(fc.tuple(fc.integer({ min: 1, max: 100_000 }), fc.integer({ min: 1, max: 3_000 })), { maxLength: 40 });
    fc.assert(
      fc.property(entries, (steps) => {
        let document = -1;
        const pairs = steps.flatMap(([step, count]) => [(document += step), count]);
        const bytes = encodePostings(pairs);
        const read: number[] = [];
        decodePostings(bytes, (at, count) => read.push(at, count));
        assert.deepEqual(read, pairs);
        assert.equal(countPostings(bytes), steps.length);
      }),
    );
  });

  it('that end too early are refused', () => {
    assert.throws(() => decodePostings(encodePostings([0, 1, 7, 2]).slice(0, -1), () => {}), RangeError);
  });
});
