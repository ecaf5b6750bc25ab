import assert from 'node:assert/strict';
import type { Capture, CapturePlan } from '../../../src/attention/capture';
import { Captures, layersThatFit } from '../../../src/engine/attention/captures';
import { cellCount, rowLength } from '../../../src/attention/weightMap';
import type { MapShape, WeightMap } from '../../../src/attention/weightMap';
import { poolMap } from '../../../src/attention/pool';
import { quantize, weightOf } from '../../../src/attention/quantize';
import { thumbnails, Tiles } from '../../../src/attention/tiles';
import { bytesBesideMaps, StackData } from '../../../src/attention/stack';
import type { StackShape } from '../../../src/attention/stack';
import { createRandom } from '../../support/random';

/** Random weights [heads, rows, columns] whose rows sum to 1, peaked as attention is. */
function randomWeights(shape: StackShape, seed: number): Float32Array {
  const random = createRandom(seed);
  const weights = new Float32Array(shape.heads * shape.rows * shape.columns);
  for (let row = 0; row < shape.heads * shape.rows; row++) {
    const line = weights.subarray(row * shape.columns, (row + 1) * shape.columns);
    const length = rowLength(shape, row % shape.rows);
    for (let column = 0; column < length; column++) line[column] = random() ** 8;
    const sum = line.reduce((total, weight) => total + weight, 0);
    for (let column = 0; column < length; column++) line[column] = line[column]! / sum;
  }
  return weights;
}

const shapeOf = (more: Partial<StackShape>): StackShape => ({
  kind: 'decoder',
  queries: 0,
  keys: 0,
  layers: 2,
  heads: 3,
  causal: true,
  rows: 37,
  columns: 37,
  ...more,
});

/** A stack filled in chunks of uneven sizes, the last row of each given again with the next, as runs in pairs do. */
function filled(shape: StackShape, layers: readonly Float32Array[]): StackData {
  const stack = new StackData(
    shape,
    layers.map(() => true),
    false,
  );
  for (const [layer, weights] of layers.entries()) {
    for (let first = 0, rows = 5; first < shape.rows; first += rows - 1, rows += 4) {
      const count = Math.min(rows, shape.rows - first);
      const columns = shape.causal ? first + count : shape.columns;
      const fresh = new Float32Array(shape.heads * count * columns);
      for (let at = 0; at < shape.heads * count; at++) {
        const start = (Math.floor(at / count) * shape.rows + first + (at % count)) * shape.columns;
        fresh.set(weights.subarray(start, start + columns), at * columns);
      }
      stack.add(layer, { weights: fresh, first, rows: count, columns });
    }
  }
  return stack;
}

const forms: [string, Partial<StackShape>][] = [
  ['causal', {}],
  ['square', { causal: false, kind: 'encoder' }],
  ['cross', { causal: false, kind: 'cross', rows: 21, columns: 50 }],
  ['causal, larger than a thumbnail', { rows: 300, columns: 300, layers: 1, heads: 2 }],
];

describe('maps of weights', () => {
  it('quantise by the root: no weight moves by more than 1/255, none that a long text can have is lost', () => {
    for (let step = 0; step <= 100_000; step++) {
      const weight = step / 100_000;
      assert.ok(Math.abs(weightOf[quantize(weight)]! - weight) <= 1 / 255, `${weight}`);
    }
    assert.equal(quantize(0), 0);
    assert.equal(quantize(1 + 1e-7), 255, 'rounding beyond 1 does not wrap');
    assert.ok(quantize(1 / 2048) > 0 && quantize(1 / 65_536) > 0);
  });

  for (const [name, more] of forms) {
    const shape = shapeOf(more);
    const layers = Array.from({ length: shape.layers }, (_, layer) => randomWeights(shape, layer + 1));
    const exact = (layer: number, head: number, row: number, column: number) =>
      layers[layer]![(head * shape.rows + row) * shape.columns + column]!;

    it(`${name}: every cell is where it belongs, whatever the chunks`, () => {
      const stack = filled(shape, layers);
      assert.equal(stack.done, shape.rows);
      for (let layer = 0; layer < shape.layers; layer++) {
        for (let row = 0; row < shape.rows; row++) {
          for (let column = 0; column < shape.columns; column++) {
            let mean = 0;
            for (let head = 0; head < shape.heads; head++) {
              assert.equal(stack.map(layer, head)!.at(row, column), quantize(exact(layer, head, row, column)));
              mean += exact(layer, head, row, column) / shape.heads;
            }
            assert.ok(Math.abs(stack.mean(layer)!.at(row, column) - quantize(mean)) <= 1);
          }
        }
      }
      const sink = stack.sinkShares();
      const expected =
        Array.from({ length: shape.rows }, (_, row) => exact(shape.layers - 1, 1, row, 0)).reduce(
          (sum, weight) => sum + weight,
          0,
        ) / shape.rows;
      assert.ok(Math.abs(sink[(shape.layers - 1) * shape.heads + 1]! - expected) < 1e-6);
    });

    it(`${name}: levels hold the maximum and the mean of the cells that exist`, () => {
      const stack = filled(shape, layers);
      for (const level of [1, 2, 4]) {
        for (const kind of ['max', 'mean'] as const) {
          const grid = poolMap(stack.map(0, 1)!, level, kind);
          assert.deepEqual([...grid.data], [...pooled(stack.map(0, 1)!, level, kind)]);
        }
      }
    });

    it(`${name}: thumbnails are those levels, kept while rows come in`, () => {
      const stack = filled(shape, layers);
      for (const size of [128, 40, 7, 1]) {
        for (const kind of ['max', 'mean'] as const) {
          const { level, width, height, data } = thumbnails(stack, { size, kind });
          assert.ok(Math.max(width, height) <= size);
          const at = (shape.layers * shape.heads - 1) * width * height;
          const grid = poolMap(stack.map(shape.layers - 1, shape.heads - 1)!, level, kind);
          assert.equal(grid.width, width);
          for (const [cell, byte] of grid.data.entries())
            assert.ok(Math.abs(byte - data[at + cell]!) <= (kind === 'max' ? 0 : 1), `${size} ${kind} ${cell}`);
        }
      }
    });

    it(`${name}: a tile is a rectangle of its level, cut off at the edge`, () => {
      const stack = filled(shape, layers);
      const tiles = new Tiles();
      for (const level of [0, 1, 3]) {
        const whole = poolMap(stack.map(0, 2 % shape.heads)!, level, 'max');
        const request = {
          layer: 0,
          heads: 2 % shape.heads,
          level,
          kind: 'max' as const,
          x: 2,
          y: 1,
          width: 1000,
          height: 3,
        };
        const tile = tiles.tile(1, 0, stack, request);
        assert.deepEqual([tile.width, tile.height], [whole.width - 2, Math.min(3, whole.height - 1)]);
        for (let at = 0; at < tile.data.length; at++) {
          assert.equal(
            tile.data[at],
            whole.data[(1 + Math.floor(at / tile.width)) * whole.width + 2 + (at % tile.width)],
          );
        }
      }
    });
  }

  it('memory: layers that are wanted are kept before others, and new captures take the place of old ones', () => {
    const shape = { ...shapeOf({ layers: 4 }), valueWeighted: false };
    const layer = (shape.heads + 1) * cellCount(shape);
    const plan: CapturePlan = {
      way: 'softmax',
      sequences: [{ ids: new Int32Array(1), texts: [''], text: '', ranges: new Uint32Array(2), segments: [] }],
      stacks: [shape],
      generatedFrom: 1,
    };
    assert.deepEqual(layersThatFit(plan, [3], 2 * layer), [[true, false, false, true]]);

    const budget = 2 * bytesBesideMaps(shape, false) + 6 * layer;
    const captures = new Captures(budget);
    const first = captures.add('/m', plan, []);
    const second = captures.add('/m', plan, []);
    const keptOf = ({ stacks }: Capture) => stacks[0]!.kept.filter(Boolean).length;
    assert.deepEqual([keptOf(first), keptOf(second)], [2, 4]);
    assert.equal(first.bytes + second.bytes, budget);
    for (let at = 0; at < 9; at++) captures.add('/m', plan, []);
    assert.equal(captures.has(first.id), false);
    assert.throws(() => captures.get(first.id), /capture again/);
  });
});

/** Pooling as it is defined, cell by cell. */
function pooled(map: WeightMap, level: number, kind: 'max' | 'mean'): Uint8Array {
  const { rows, columns, causal }: MapShape = map.shape;
  const side = 2 ** level;
  const [width, height] = [Math.ceil(columns / side), Math.ceil(rows / side)];
  return Uint8Array.from({ length: width * height }, (_, cell) => {
    const found: number[] = [];
    for (
      let row = Math.floor(cell / width) * side;
      row < Math.min(rows, (Math.floor(cell / width) + 1) * side);
      row++
    ) {
      for (let column = (cell % width) * side; column < Math.min(columns, ((cell % width) + 1) * side); column++) {
        if (!causal || column <= row) found.push(map.at(row, column));
      }
    }
    if (found.length === 0) return 0;
    return kind === 'max'
      ? Math.max(...found)
      : quantize(found.reduce((sum, byte) => sum + weightOf[byte]!, 0) / found.length);
  });
}
