import assert from 'node:assert/strict';
import { confidenceOf } from '../../../src/engine/copying/confidence';
import { findCopy, findEvidence, type CopyPlace, type Evidence } from '../../../src/engine/copying/copy';

const place = (prefix: string, more: Partial<CopyPlace> = {}): CopyPlace => ({ path: 'a.ts', prefix, suffix: '\n', mode: 'line', ...more });

describe('findCopy', () => {
  it('takes what followed the same text above, and says how far above', () => {
    const { text, from } = findCopy(place('const a = readSize(folder);\nconst b = 1;\nconst a = readSize('), [])!;
    assert.equal(text, 'folder);');
    assert.deepEqual(from, { kind: 'here', lines: -2 });
  });

  it('takes what follows the same text below, and says how far below', () => {
    const { text, from } = findCopy(place('const width = ', { suffix: '\n\nconst width = measure(text);\n' }), [])!;
    assert.equal(text, 'measure(text);');
    assert.deepEqual(from, { kind: 'here', lines: 2 });
  });

  it('takes it from another file where more agrees there, and names the line', () => {
    const other = { path: '/x/b.ts', text: 'first\nconst total = sum(prices, taxes);\n' };
    const { text, from } = findCopy(place('let x = sum(a);\nconst total = sum('), [other])!;
    assert.equal(text, 'prices, taxes);');
    assert.deepEqual(from, { kind: 'file', path: '/x/b.ts', line: 2 });
  });

  it('of places that agree as far takes the last in the nearest text', () => {
    const other = { path: '/x/b.ts', text: 'log.warn(farthest);\n' };
    const { text } = findCopy(place('log.warn(first);\nlog.warn(second);\nlog.warn('), [other])!;
    assert.equal(text, 'second);');
  });

  it('leaves out what the editor has closed already', () => {
    assert.equal(findCopy(place('open(path, flags);\nopen(', { suffix: ')\n' }), [])!.text, 'path, flags');
  });

  it('goes on to the end of a block where that is wanted', () => {
    const before = 'function a() {\n  if (ready) {\n    start();\n    stop();\n  }\n}\n\nfunction b() {\n  if (ready) {\n    ';
    assert.equal(findCopy(place(before, { mode: 'block', suffix: '\n  }\n}\n' }), [])!.text, 'start();\n    stop();');
  });

  it('finds nothing where fewer than five characters agree, or nothing but blanks follow', () => {
    assert.equal(findCopy(place('abcd = 1;\nxbcd'), []), undefined);
    assert.equal(findCopy(place(''), []), undefined);
    assert.equal(findCopy(place('return;   \n}\nreturn;'), []), undefined);
  });

  it('is not led astray by a text that is all the same', () => {
    const { agreement, places } = findEvidence(place('a'.repeat(20_000)), [])!.evidence;
    assert.ok(agreement >= 400);
    assert.ok(places <= 500);
    assert.ok(findEvidence(place(' '.repeat(5_000)), []) === undefined);
  });

  it('reads line ends of every kind alike', () => {
    assert.equal(findCopy(place('call(one,\r\n  two);\r\ncall(one,\r\n', { suffix: '\r\n' }), [])!.text, '  two);');
  });
});

describe('the confidence in a copy', () => {
  const usual: Evidence = { agreement: 40, telling: 30, places: 2, share: 1, length: 12, isOwnFile: true, hasRest: false, isBlock: false };

  it('is a probability that grows with what agrees, and shrinks with what is proposed', () => {
    const sure = confidenceOf(usual);
    assert.ok(sure > 0 && sure < 1);
    assert.ok(confidenceOf({ ...usual, agreement: 8, telling: 6 }) < sure);
    assert.ok(confidenceOf({ ...usual, share: 0.5 }) < sure);
    assert.ok(confidenceOf({ ...usual, length: 200 }) < sure);
    assert.ok(confidenceOf({ ...usual, isBlock: true }) < sure);
  });
});
