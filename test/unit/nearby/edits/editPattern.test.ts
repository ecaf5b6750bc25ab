import assert from 'node:assert/strict';
import { learnEdit } from '../../../../src/nearby/edits/editPattern';
import { patternOf, written } from './edits';

const texts = (tokens: readonly { text: string }[]): string => tokens.map(({ text }) => text).join(' ');

describe('the pattern of an edit', () => {
  it('is what went and what came, without what both begin and end with', () => {
    const { removed, inserted, left, right } = patternOf('x = [-load(a);][+load(a, 1);+]\n');
    assert.deepEqual([texts(removed), texts(inserted)], ['', ', 1']);
    assert.equal(texts(left.toReversed()), 'x = load ( a');
    assert.equal(texts(right), ') ; \n');
  });

  it('tells which names are new to the file', () => {
    assert.equal(patternOf('let [-a][+b+] = b;\n').newNames, 0);
    assert.equal(patternOf('let [-a][+c+] = b;\n').newNames, 1);
  });

  it('tells how its line begins', () => {
    const { indentation, opening } = patternOf('{\n  // see [-a][+b+]\n}\n');
    assert.deepEqual([indentation, opening], ['  ', '/']);
  });

  it('is none of blanks, of nothing, or of whole blocks', () => {
    assert.equal(learnEdit(written('a[- ][+  +]b')), undefined);
    assert.equal(learnEdit(written('a[-b][+b+]')), undefined);
    assert.equal(learnEdit(written(`a[+${'b '.repeat(200)}+]`)), undefined);
  });
});
