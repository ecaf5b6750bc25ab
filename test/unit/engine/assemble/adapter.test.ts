import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { addProduct, LowRankAdapter } from '../../../../src/engine/assemble/adapter';
import { EngineError } from '../../../../src/ipc/engine/errors';
import { float32Tensor, safetensorsBytes } from '../../../support/safetensors';
import type { TensorSpec } from '../../../support/safetensors';

const number = fc.float({ noNaN: true, min: -8, max: 8 });
const matrix = (rows: number, columns: number) =>
  fc.array(number, { minLength: rows * columns, maxLength: rows * columns });
const product = fc
  .tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 4 }))
  .chain(([rows, columns, rank]) =>
    fc.record({
      rows: fc.constant(rows),
      columns: fc.constant(columns),
      rank: fc.constant(rank),
      w: matrix(rows, columns),
      b: matrix(rows, rank),
      a: matrix(rank, columns),
    }),
  );

describe('addProduct', () => {
  it('is W + b·a in float64, rounded once', () =>
    fc.assert(
      fc.property(product, ({ rows, columns, rank, w, b, a }) => {
        const values = Float32Array.from(w);
        addProduct(values, Float32Array.from(b), Float32Array.from(a), rank);
        for (let row = 0; row < rows; row++)
          for (let column = 0; column < columns; column++) {
            let sum = 0;
            for (let r = 0; r < rank; r++) sum += b[row * rank + r]! * a[r * columns + column]!;
            assert.equal(values[row * columns + column], Math.fround(w[row * columns + column]! + sum));
          }
      }),
    ));
});

describe('LowRankAdapter', () => {
  let folder: string;
  let base: string;
  const weights = Buffer.from('any bytes');
  const sha256 = createHash('sha256').update(weights).digest('hex');
  const right = { format: 'glassbox-encoder-adapter-1', base_sha256: sha256 };
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'adapter-'));
    base = join(folder, 'model.safetensors');
    writeFileSync(base, weights);
  });
  after(() => rmSync(folder, { recursive: true }));

  async function withAdapter<T>(
    tensors: readonly TensorSpec[],
    use: (adapter: LowRankAdapter) => Promise<T>,
    metadata: object = right,
  ): Promise<T> {
    const path = join(folder, 'adapter.safetensors');
    writeFileSync(
      path,
      safetensorsBytes(tensors, (entries) => ({ ...entries, __metadata__: metadata })),
    );
    const adapter = await LowRankAdapter.open(path, base);
    try {
      return await use(adapter);
    } finally {
      await adapter.close();
    }
  }
  const refused = (made: Promise<unknown>, sentence: RegExp) =>
    assert.rejects(made, (error) => {
      assert.ok(error instanceof EngineError && error.code === 'modelInvalid', String(error));
      assert.match(error.message, sentence);
      return true;
    });
  const nothing = () => Promise.resolve();
  const read = (_: string, shape: readonly number[]) =>
    Promise.resolve(new Float32Array(shape.reduce((size, side) => size * side, 1)));
  const pair = [float32Tensor('one.a', [1, 3], [1, 2, 3]), float32Tensor('one.b', [2, 1], [1, 10])];

  it('changes the matrices that it names and no others', () =>
    withAdapter(pair, async (adapter) => {
      const merged = adapter.merging(read);
      assert.deepEqual([...(await merged('one.weight', [2, 3]))], [1, 2, 3, 10, 20, 30]);
      assert.deepEqual([...(await merged('one.bias', [2]))], [0, 0]);
      assert.deepEqual([...(await merged('two.weight', [2, 2]))], [0, 0, 0, 0]);
      adapter.checkUsed();
    }));

  it('is refused where it is no adapter, or one of other weights', async () => {
    await refused(withAdapter(pair, nothing, {}), /has the format of no adapter instead of glassbox-encoder-adapter-1/);
    await refused(
      withAdapter(pair, nothing, { ...right, format: 'glassbox-adapter-1' }),
      /has the format glassbox-adapter-1/,
    );
    await refused(
      withAdapter(pair, nothing, { ...right, base_sha256: '0' }),
      /was trained on other weights than those in/,
    );
  });

  it('is refused where a matrix is left over, is half there, or has another shape', async () => {
    await refused(
      withAdapter(pair, (adapter) => nothing().then(() => adapter.checkUsed())),
      /adapter\.safetensors holds one\.a, for which the model has no matrix/,
    );
    const merge = (tensors: readonly TensorSpec[]) =>
      withAdapter(tensors, (adapter) => adapter.merging(read)('one.weight', [2, 3]));
    await refused(merge([pair[0]!]), /has no tensor one\.b/);
    await refused(
      merge([pair[0]!, float32Tensor('one.b', [1, 2], [1, 10])]),
      /has one\.b as \[1, 2\] instead of \[2, 1\]/,
    );
    await refused(
      merge([float32Tensor('one.a', [1, 2], [1, 2]), pair[1]!]),
      /has one\.a as \[1, 2\] instead of \[1, 3\]/,
    );
  });
});
