import assert from 'node:assert/strict';
import fc from 'fast-check';
import { quantizeRows, transpose } from '../../../../../src/engine/graphs/build/rowQuantization';

const columns = 8;
const matrix = fc
  .array(fc.array(fc.float({ min: -100, max: 100, noNaN: true }), { minLength: columns, maxLength: columns }), {
    minLength: 1,
    maxLength: 6,
  })
  .map((rows) => ({ rows: rows.length, values: Float32Array.from(rows.flat()) }));

describe('quantizeRows', () => {
  it('moves no value by more than half a step, and the largest of each row by rounding alone', () =>
    fc.assert(
      fc.property(matrix, ({ rows, values }) => {
        const { bytes, scales } = quantizeRows(values, rows, columns);
        for (let row = 0; row < rows; row++) {
          const scale = scales[row]!;
          const own = values.subarray(row * columns, (row + 1) * columns);
          const largest = Math.max(...own.map(Math.abs));
          assert.equal(scale, Math.fround(largest / 127));
          own.forEach((value, at) => {
            const code = bytes[row * columns + at]!;
            assert.ok(Math.abs(code) <= 127);
            // A scale that is too small for float32's full precision is off by more than its rounding.
            if (scale > 1e-37) assert.ok(Math.abs(code * scale - value) <= scale * (0.5 + 1e-5));
          });
        }
      }),
    ));

  it('rounds as NumPy does: numpy.rint of the quotient, ties to even', () => {
    // The scale is 1, so that the values are the quotients.
    const values = Float32Array.of(127, 0.5, 1.5, 2.5, -0.5, -1.5, -2.5, 126.5);
    assert.deepEqual([...quantizeRows(values, 1, 8).bytes], [127, 0, 2, 2, 0, -2, -2, 126]);
  });

  it('keeps zeros, and a sign changes nothing else', () =>
    fc.assert(
      fc.property(matrix, ({ rows, values }) => {
        const [plain, negated] = [
          quantizeRows(values, rows, columns),
          quantizeRows(
            values.map((value) => -value),
            rows,
            columns,
          ),
        ];
        assert.deepEqual(negated.scales, plain.scales);
        plain.bytes.forEach((code, at) => assert.equal(negated.bytes[at]! + code, 0));
        values.forEach((value, at) => value === 0 && assert.equal(plain.bytes[at]! + 0, 0));
      }),
    ));
});

describe('transpose', () => {
  it('puts rows in the place of columns', () => {
    assert.deepEqual([...transpose(Int8Array.of(1, 2, 3, 4, 5, 6), 2, 3)], [1, 4, 2, 5, 3, 6]);
  });
});
