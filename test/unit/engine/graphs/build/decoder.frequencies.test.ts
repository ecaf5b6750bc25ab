import assert from 'node:assert/strict';
import { frequenciesOf } from '../../../../../src/engine/graphs/build/decoder';

/** Powers come from the system's mathematics, which may differ in a float64's last place: 1.1e-16 of the value. */
const safe = 1e-13;

describe('frequencies of the rotation', () => {
  it('fall from 1', () => {
    const frequencies = frequenciesOf({ headSize: 64, ropeBase: 100_000 });
    assert.equal(frequencies.length, 32);
    assert.equal(frequencies[0], 1);
    assert.ok(frequencies.every((one, at) => at === 0 || one < frequencies[at - 1]!));
  });

  it('are the same on every machine: no power is near to where float32 rounds the other way', () => {
    for (const ropeBase of [10_000, 100_000, 500_000, 1_000_000]) {
      for (let at = 0; at < 64; at++) {
        const power = ropeBase ** Math.fround((2 * at) / 128);
        const spacing = 2 ** (Math.floor(Math.log2(power)) - 23);
        const half = Math.abs((power / spacing) % 1);
        assert.ok(Math.abs(half - 0.5) * spacing > safe * power, `${ropeBase} ${at}`);
      }
    }
  });
});
