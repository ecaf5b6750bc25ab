import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { SegmentKind } from '../../../../../src/features/inspector/messages';
import { align, isSameGrid, spansOn, spread } from '../../../../../webview/inspector/model/match';
import type { Alignment } from '../../../../../webview/inspector/model/match';

/** Parts of a model's input, each in tokens of the texts given. */
function sequenceOf(...parts: readonly (readonly [SegmentKind, ...string[]])[]) {
  const ranges: number[] = [];
  let text = '';
  const segments = parts.map(([kind, ...texts]) => {
    const [from, start] = [ranges.length / 2, text.length];
    for (const own of texts) ranges.push(text.length, (text += own).length);
    return { kind, from, to: ranges.length / 2, start, end: text.length };
  });
  return { text, ranges: Uint32Array.from(ranges), segments };
}

const code = (...texts: string[]) => sequenceOf(['text', ...texts]);
const pairs = ({ overlaps }: Alignment) =>
  overlaps.map(({ a, b }) => [a, b]).sort(([a = 0, b = 0], [c = 0, d = 0]) => a - c || b - d);
const rounded = (values: Float32Array) => Array.from(values, (value) => Math.round(value * 1000) / 1000);
const sum = (values: Float32Array) => values.reduce((total, value) => total + value, 0);

describe('tokens of two captures', () => {
  it('correspond before and behind an edit, and not in it', () => {
    assert.deepEqual(pairs(align(code('let', ' a', ' =', ' 1', ';'), code('let', ' a', ' =', ' 1', '00', ';'))), [
      [0, 0],
      [1, 1],
      [2, 2],
      [3, 3],
      [4, 5],
    ]);
    assert.deepEqual(pairs(align(code('f', '(', 'count', ')'), code('f', '(', 'counts', ')'))), [
      [0, 0],
      [1, 1],
      [3, 3],
    ]);
  });

  it('correspond across tokenizers by the text that they share: what is read is divided by it, who reads is not', () => {
    const alignment = align(code('par', 'se', '(x)'), code('parse', '(', 'x', ')'));
    assert.deepEqual(pairs(alignment), [
      [0, 0],
      [1, 0],
      [2, 1],
      [2, 2],
      [2, 3],
    ]);
    assert.deepEqual(rounded(spread(alignment, Float32Array.of(0.5, 0.1, 0.1, 0.3), 'sum')), [0.3, 0.2, 0.5]);
    assert.deepEqual(rounded(spread(alignment, Float32Array.of(0.5, 0.1, 0.1, 0.4), 'mean')), [0.5, 0.5, 0.2]);
    assert.deepEqual(spansOn(alignment, { from: 2, to: 3 }), [{ from: 1, to: 4, part: 1 }]);
    const [first, ...rest] = spansOn(alignment, { from: 1, to: 3 });
    assert.ok(Math.abs(first!.part - 0.4) < 1e-6 && first!.from === 0 && first!.to === 1);
    assert.deepEqual(rest, [{ from: 1, to: 4, part: 1 }]);
    assert.equal(isSameGrid(alignment), false);
    assert.equal(isSameGrid(align(code('a', 'b'), code('a', 'c'))), true);
  });

  it('correspond part by part: markers to markers, and code to code, whether a model wrote it or read it, and however little another has room for', () => {
    const ours = sequenceOf(
      ['special', ''],
      ['path', 'a.ts'],
      ['special', ''],
      ['suffix', '}\n'],
      ['special', ''],
      ['prefix', 'return', ' '],
      ['special', ''],
      ['generated', 'a', '.b', ';'],
    );
    const cut = sequenceOf(['special', ''], ['text', ' return', ' a', '.']);
    assert.deepEqual(pairs(align(ours, cut)), [
      [0, 0],
      [5, 1],
      [6, 2],
      [8, 2],
    ]);
    assert.deepEqual(pairs(align(cut, ours)), [
      [0, 0],
      [1, 5],
      [2, 6],
      [2, 8],
    ]);
    const without = sequenceOf(
      ['special', ''],
      ['path', 'a.ts'],
      ['special', ''],
      ['prefix', 'return', ' '],
      ['special', ''],
      ['generated', 'a', '.b', ';'],
    );
    assert.deepEqual(pairs(align(ours, without)), [
      [0, 0],
      [1, 1],
      [4, 2],
      [5, 3],
      [6, 4],
      [7, 5],
      [8, 6],
      [9, 7],
      [10, 8],
    ]);
    assert.deepEqual(spansOn(align(ours, without), { from: 3, to: 4 }), []);
  });

  it('correspond where one of them begins later', () => {
    const [whole, later] = [
      code('const', ' shelf', ' = new', ' Shelf(', ');'),
      sequenceOf(['around', 'search: const'], ['text', ' shelf', ' = new Sh']),
    ];
    assert.deepEqual(pairs(align(whole, later)), [
      [1, 1],
      [2, 2],
    ]);
    assert.deepEqual(pairs(align(later, whole)), [
      [1, 1],
      [2, 2],
    ]);
  });

  it('lose nothing and invent nothing, whatever the texts', () => {
    const texts = fc.array(fc.string({ minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 10 });
    const split = (text: string, cuts: readonly number[]) => {
      const places = [...new Set([0, ...cuts.map((cut) => cut % (text.length + 1)), text.length])].sort(
        (a, b) => a - b,
      );
      return code(...places.slice(1).map((to, at) => text.slice(places[at], to)));
    };
    fc.assert(
      fc.property(texts, fc.array(fc.nat()), fc.array(fc.nat()), (parts, one, two) => {
        const [a, b] = [split(parts.join(''), one), split(parts.join(''), two)];
        const alignment = align(a, b);
        const values = Float32Array.from({ length: b.ranges.length / 2 }, (_, at) => at + 1);
        assert.ok(Math.abs(sum(spread(alignment, values, 'sum')) - sum(values)) < 1e-3);
        assert.ok(spread(alignment, values.fill(1), 'mean').every((value) => value === 1));
      }),
    );
    fc.assert(
      fc.property(texts, texts, (one, two) => {
        const [a, b] = [code(...one), code(...two)];
        for (const { a: ours, b: theirs, length } of align(a, b).overlaps)
          assert.ok(ours < one.length && theirs < two.length && length > 0);
      }),
    );
  });
});
