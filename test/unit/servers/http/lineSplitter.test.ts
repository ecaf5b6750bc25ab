import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { ServerError } from '../../../../src/servers/errors';
import { LineSplitter } from '../../../../src/servers/http/lineSplitter';
import { cutAnywhere } from '../../../support/cutAnywhere';

const split = (chunks: readonly Uint8Array[], limit?: number): string[] => {
  const lines = new LineSplitter(limit);
  return [...chunks.flatMap((chunk) => lines.push(chunk)), ...lines.end()];
};

describe('servers/http/lineSplitter', () => {
  it('finds the same lines wherever the bytes are cut', () => {
    const text = fc.array(fc.constantFrom('a', 'é', '漢', '😀', '\n', '\r', '\r\n', ' '), { maxLength: 40 });
    fc.assert(
      fc.property(text, fc.infiniteStream(fc.nat(5)), (parts, sizes) => {
        const whole = parts.join('');
        const expected = whole.split(/\r\n|\n|\r/);
        if (expected.at(-1) === '') expected.pop();
        assert.deepEqual(split(cutAnywhere(Buffer.from(whole), sizes)), expected);
      }),
      { numRuns: 1_000 },
    );
  });

  it('drops a byte order mark at the start', () => {
    assert.deepEqual(split([Uint8Array.of(0xef, 0xbb), Uint8Array.of(0xbf, 0x61, 0x0a)]), ['a']);
  });

  const wrong: Readonly<Record<string, readonly number[]>> = {
    'UTF-16': [0xff, 0xfe, 0x61, 0x00],
    'Latin-1': [0x63, 0x61, 0x66, 0xe9, 0x0a],
    'a cut character': [0xe6, 0xbc],
    'a surrogate': [0xed, 0xa0, 0x80],
    'an overlong form': [0xc0, 0xaf],
  };
  for (const [name, bytes] of Object.entries(wrong)) {
    it(`refuses ${name}`, () => {
      assert.throws(
        () => split([Uint8Array.from(bytes)]),
        (error: ServerError) => error.code === 'invalid',
      );
    });
  }

  it('refuses a line that does not end when it is longer than allowed, not later', () => {
    const lines = new LineSplitter(1_000);
    const chunk = Buffer.alloc(100, 'a');
    let pushed = 0;
    assert.throws(
      () => {
        for (; pushed < 1_000; pushed++) lines.push(chunk);
      },
      (error: ServerError) => error.code === 'tooLarge',
    );
    assert.equal(pushed, 10);
    assert.throws(() => split([Buffer.from(`${'b'.repeat(1_001)}\na\n`)], 1_000));
    assert.equal(split([Buffer.from(`${'b'.repeat(1_000)}\na\n`)], 1_000).length, 2);
  });
});
