import assert from 'node:assert/strict';
import { isSameChange } from '../../../../src/nearby/edits/sameChange';
import { patternOf } from './edits';

const same = (a: string, b: string): boolean => isSameChange(patternOf(a), patternOf(b));

describe('two edits are the same change', () => {
  it('where the same goes and the same comes', () => {
    assert.ok(same('a.[-old][+fresh+]();', 'x(b.[-old][+fresh+]);'));
    assert.ok(!same('a.[-old][+fresh+]();', 'a.[-old][+newer+]();'));
    assert.ok(!same('a([-1][+2+]);', 'a([-3][+2+]);'));
  });

  it('where names are exchanged that were there before', () => {
    assert.ok(same('f([-a][+g(a, 1)+]);', 'f([-b][+g(b, 1)+]);'));
    assert.ok(!same('f([-a][+g(a, 1)+]);', 'f([-b][+h(b, 1)+]);'));
  });

  it('and no name stands for two', () => {
    assert.ok(!same('f([-a][+a + a+]);', 'f([-b][+b + c+]);'));
  });

  it('and no word of the language stands for another', () => {
    assert.ok(!same('[-const][+let+] a;', '[-var][+let+] a;'));
  });
});
