import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { byteProductsOverflow } from '../../../../src/engine/runtime/byteProducts';

describe('byteProductsOverflow', () => {
  it('says no where the processor has instructions for exact products', async function () {
    const flags = process.platform === 'linux' && process.arch === 'x64' ? readFileSync('/proc/cpuinfo', 'utf8') : '';
    const exact = process.arch === 'arm64' || /\bavx512_?vnni\b|\bavx_vnni\b/.test(flags);
    const overflow = await byteProductsOverflow();
    if (exact) assert.equal(overflow, false);
    else if (process.arch !== 'x64' || flags === '') this.skip();
    else assert.equal(overflow, true);
  });

  it('tries it once', () => {
    assert.equal(byteProductsOverflow(), byteProductsOverflow());
  });
});
