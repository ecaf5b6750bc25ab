import fc from 'fast-check';
import assert from 'node:assert/strict';
import { cutWindow, readWindow } from '../../../../src/ipc/engine/documentWindow';
import { maxPrefixLength, maxSuffixLength } from '../../../../src/ipc/engine/protocol';
import { sourceText } from '../../../support/texts';

const lines = (count: number, lineEnd = '\n'): string =>
  Array.from({ length: count }, (_, i) => `line ${i} of the file${lineEnd}`).join('');
const startsInsidePair = (text: string): boolean => /^[\udc00-\udfff]/.test(text);
const endsInsidePair = (text: string): boolean => /[\ud800-\udbff]$/.test(text);

describe('the window around the cursor', () => {
  it('is the document where that is small', () => {
    const small = { prefix: lines(100), suffix: lines(100) };
    assert.deepEqual(cutWindow(small), small);
    assert.deepEqual(cutWindow({ prefix: '', suffix: '' }), { prefix: '', suffix: '' });
  });

  for (const lineEnd of ['\n', '\r\n']) {
    const text = lines(5_000, lineEnd);

    it(`begins and ends with whole lines (${JSON.stringify(lineEnd)})`, () => {
      const { prefix, suffix } = readWindow(text, 60_000);
      assert.ok(text.slice(0, 60_000).endsWith(lineEnd + prefix));
      assert.ok(text.slice(60_000).startsWith(suffix) && suffix.endsWith(lineEnd));
      assert.ok(prefix.length <= maxPrefixLength && prefix.length > maxPrefixLength / 2);
      assert.ok(suffix.length <= maxSuffixLength && suffix.length > maxSuffixLength / 2);
    });
  }

  it('keeps its start while a person types', () => {
    const text = lines(5_000);
    const starts = Array.from(
      { length: 40_000 },
      (_, typed) => 50_000 + typed - readWindow(text, 50_000 + typed).prefix.length,
    );
    assert.ok(new Set(starts).size <= 6, `${new Set(starts).size} starts`);
  });

  it('keeps the lines after the cursor, whatever stands on the cursor’s own', () => {
    const after = lines(1_000);
    const next = (rest: string): string =>
      cutWindow({ prefix: 'call', suffix: `${rest}\n${after}` }).suffix.slice(rest.length + 1);
    for (const rest of [')', '))', '} // done', 'x'.repeat(2_000)]) assert.equal(next(rest), next(''));
  });

  it('reads no more of a large document than it may hand on', () => {
    let read = 0;
    const text = lines(500_000);
    const source = {
      length: text.length,
      slice: (start: number, end: number) => ((read += end - start), text.slice(start, end)),
    };
    readWindow(source, 5_000_000);
    assert.ok(text.length > 9_000_000 && read <= maxPrefixLength + maxSuffixLength + 1);
  });

  it('cuts a single line of a million characters between two of them', () => {
    const pairs = '😀'.repeat(500_000);
    for (const offset of [0, 2, 500_000, 500_002, 1_000_000]) {
      const { prefix, suffix } = readWindow(pairs, offset);
      assert.ok(prefix.length <= maxPrefixLength && suffix.length <= maxSuffixLength);
      assert.ok(
        !startsInsidePair(prefix) && !endsInsidePair(prefix) && !startsInsidePair(suffix) && !endsInsidePair(suffix),
      );
      assert.ok(offset === 0 || prefix.length > 0);
      assert.ok(offset === 1_000_000 || suffix.length > 0);
    }
  });

  it('is part of every document, within its limits', () => {
    const long = fc
      .tuple(sourceText, fc.integer({ min: 0, max: 4_000 }))
      .map(([text, times]) => text.repeat(times).slice(0, 200_000));
    const property = fc.property(long, long, (before, after) => {
      const { prefix, suffix } = cutWindow({ prefix: before, suffix: after });
      assert.ok(before.endsWith(prefix) && after.startsWith(suffix));
      assert.ok(prefix.length <= maxPrefixLength && suffix.length <= maxSuffixLength);
    });
    fc.assert(property, { numRuns: 200 });
  });
});
