import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { kindOfQuestion } from '../../../../src/indexer/ranking/questionKind';

describe('kind of a question', () => {
  const examples = {
    code: [
      'const parsed = JSON.parse(text)',
      'if (a.b === undefined) return;',
      'for item in self.items():',
      'parseHeader(request, options)',
      'function add(a, b) {\n  return a + b;\n}',
      'x => x.id',
    ],
    name: ['parseHeader', 'retry', 'MAX_SIZE', 'fs.readFile', '#private', 'my-element', ' padded '],
    sentence: [
      'parse the header of a request',
      'Gets the hour of the day (0-23)',
      'Reads an EnvelopedData content block (in ASN.1 format)',
      'how to sort a list in python',
      'what does `fn` return?',
      '設定を読み込む',
      '',
      ' ',
    ],
  } as const;
  for (const [kind, texts] of Object.entries(examples))
    for (const text of texts)
      it(`${JSON.stringify(text)} is a ${kind}`, () => assert.equal(kindOfQuestion(text), kind));

  it('words alone are never code, whatever they are', () => {
    const word = fc.stringMatching(/^[\p{Ll}\p{Lo}']{1,12}$/u);
    fc.assert(
      fc.property(fc.array(word, { minLength: 2, maxLength: 12 }), (words) => {
        assert.equal(kindOfQuestion(words.join(' ')), 'sentence');
      }),
    );
  });

  it('is told of any text', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void kindOfQuestion(text)));
  });
});
