import assert from 'node:assert/strict';
import { shownAround } from '../../../../src/features/nextEdit/shownAround';

const secret = ['sk', 'live', '4eC39HqLyjWDarjtT1zdp7dc'].join('_');
const text = `first(1);\nconst stripeKey = '${secret}';\nlast(2);\n`;
const around = (part: string, more?: number) =>
  shownAround(text, text.indexOf(part), text.indexOf(part) + part.length, 'a.ts', more);

describe('what stands around a part of a document', () => {
  it('is its lines, and more where that is asked for, without secrets', () => {
    assert.deepEqual(around('1'), { from: 0, shown: 'first(1);' });
    assert.deepEqual(around('2'), { from: text.indexOf('last'), shown: 'last(2);' });
    const wide = around('2', 1_000);
    assert.equal(wide?.from, 0);
    assert.equal(wide.shown.length, text.length);
    assert.ok(wide.shown.startsWith('first(1);') && !wide.shown.includes(secret.slice(8)));
  });

  it('is nothing where a secret stands in the lines of the part', () => {
    assert.equal(around('stripeKey'), undefined);
    assert.equal(around(text), undefined);
  });
});
