/**
 * Scales attention maps down by maximum or mean, level by level, and cuts rectangles out of them; used by `tiles.ts`,
 * `stack.ts` and the recorder.
 */
import type { PoolKind } from '../ipc/engine/messages/attention';
import { rowLength, rowStart } from './weightMap';
import type { MapShape, WeightMap } from './weightMap';
import { quantize, weightOf } from './quantize';

/** Cells of one level of a map, quantised, row by row; 0 where the map has none. */
export interface Grid {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** Cells along an axis of `length` cells at a level. */
export const sizeAtLevel = (length: number, level: number): number => Math.ceil(length / 2 ** level);

/** The first level at which a map has at most `size` cells along each side. */
export function levelFor({ rows, columns }: MapShape, size: number): number {
  let level = 0;
  while (sizeAtLevel(Math.max(rows, columns), level) > size) level++;
  return level;
}

/** The whole of a map at a level: the maximum, or the mean of the weights, of the cells that exist in each block. */
export function poolMap(map: WeightMap, level: number, kind: PoolKind): Grid {
  const { shape } = map;
  const side = 2 ** level;
  const [width, height] = [sizeAtLevel(shape.columns, level), sizeAtLevel(shape.rows, level)];
  const data = new Uint8Array(width * height);
  const sums = new Float64Array(width);
  for (let y = 0; y < height; y++) {
    const line = data.subarray(y * width, (y + 1) * width);
    const [first, end] = [y * side, Math.min((y + 1) * side, shape.rows)];
    if (kind === 'max') {
      for (let row = first; row < end; row++)
        maxInto(line, map.cells, rowStart(shape, row), rowLength(shape, row), level);
      continue;
    }
    sums.fill(0);
    for (let row = first; row < end; row++)
      sumInto(sums, map.cells, rowStart(shape, row), rowLength(shape, row), level);
    for (let x = 0; x < width; x++) line[x] = meanByte(sums[x] as number, cellsInBlock(shape, level, x, y));
  }
  return { width, height, data };
}

/** The mean of `count` weights as a byte. */
export const meanByte = (sum: number, count: number): number => (count === 0 ? 0 : quantize(sum / count));

/** How many cells of a map lie in cell (x, y) of a level. */
export function cellsInBlock(shape: MapShape, level: number, x: number, y: number): number {
  const side = 2 ** level;
  const [top, bottom] = [y * side, Math.min((y + 1) * side, shape.rows)];
  const [left, right] = [x * side, Math.min((x + 1) * side, shape.columns)];
  if (!shape.causal) return (bottom - top) * (right - left);
  let count = 0;
  for (let row = Math.max(top, left); row < bottom; row++) count += Math.min(right, row + 1) - left;
  return count;
}

function maxInto(line: Uint8Array, cells: Uint8Array, start: number, length: number, level: number): void {
  for (let column = 0; column < length; column++) {
    const cell = cells[start + column] as number;
    if (cell > (line[column >> level] as number)) line[column >> level] = cell;
  }
}

function sumInto(sums: Float64Array, cells: Uint8Array, start: number, length: number, level: number): void {
  for (let column = 0; column < length; column++) {
    const block = column >> level;
    sums[block] = (sums[block] as number) + (weightOf[cells[start + column] as number] as number);
  }
}

/** A rectangle of a map at its own resolution. It must lie within the map. */
export function cutMap(map: WeightMap, x: number, y: number, width: number, height: number): Uint8Array {
  const data = new Uint8Array(width * height);
  for (let line = 0; line < height; line++) {
    const row = map.row(y + line);
    data.set(row.subarray(x, Math.min(x + width, row.length)), line * width);
  }
  return data;
}

/** A rectangle of a grid. It must lie within the grid. */
export function cutGrid(grid: Grid, x: number, y: number, width: number, height: number): Uint8Array {
  const data = new Uint8Array(width * height);
  for (let line = 0; line < height; line++) {
    const start = (y + line) * grid.width + x;
    data.set(grid.data.subarray(start, start + width), line * width);
  }
  return data;
}
