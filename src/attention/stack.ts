/**
 * Stores the weights of one stack of layers: whole maps where memory allows, coarse maps of every layer; used by
 * captures, recordings, tiles, provenance and the engine's handlers of attention.
 */
import { maxThumbnail } from '../ipc/engine/messages/attention';
import type { Aggregate, CapturedStack, PoolKind } from '../ipc/engine/messages/attention';
import { cellCount, rowLength, rowStart, WeightMap } from './weightMap';
import type { MapShape } from './weightMap';
import { quantize, weightOf } from './quantize';
import { cellsInBlock, levelFor, meanByte, sizeAtLevel } from './pool';
import type { Grid } from './pool';

/** What a stack is, without the weights. */
export type StackShape = Pick<CapturedStack, 'kind' | 'queries' | 'keys' | 'layers' | 'heads' | 'causal'> & MapShape;

/** Rows of one layer as they come out of a run. */
export interface FreshRows {
  /** [heads, rows, columns] with 1 + the last row's index columns, or more, where the stack is causal. */
  readonly weights: Float32Array;
  /** The map's row that the first of them is, and how many rows and columns each head has here. */
  readonly first: number;
  readonly rows: number;
  readonly columns: number;
}

/** What is known of a layer without its whole maps. */
export interface CoarseLayer {
  /** [heads, coarseHeight, coarseWidth], quantised: the largest weight of each block, and their mean. */
  readonly max: Uint8Array;
  readonly mean: Uint8Array;
  /** [heads]: as `sinkShares`. */
  readonly sinkShares: Float32Array;
}

/** Summaries of all layers whose rows do not depend on each other. */
export type Overall = Exclude<Aggregate, 'rollout'>;

/** What thumbnails of all layers, and norms of values where there are any, take of a stack's memory. */
export function bytesBesideMaps(shape: StackShape, valueWeighted: boolean): number {
  const { rows, columns, layers, heads } = shape;
  const level = levelFor(shape, maxThumbnail);
  const norms = valueWeighted ? 4 * (rows + columns) : 0;
  return layers * heads * (5 * sizeAtLevel(columns, level) * sizeAtLevel(rows, level) + norms);
}

const firstColumns = 4;

/**
 * The weights of one stack: whole maps of the layers that there is memory for, and of every layer what a grid of
 * thumbnails and its legend need. Rows come from the first to the last.
 */
export class StackData {
  readonly mapShape: MapShape;
  /** [layers·heads]; undefined where a layer's whole maps are not kept. */
  readonly #maps: (WeightMap | undefined)[];
  /** For each layer, whether its whole maps are kept. */
  readonly kept: readonly boolean[];
  readonly #kept: boolean[];
  /** Layers whose maps are kept, those that were taken last behind the others. */
  #order: number[];
  /** [layers]: the mean over heads, of those that were asked for once all rows were there. */
  readonly #means: (WeightMap | undefined)[] = [];
  /** Summaries of all layers' heads, where they are kept because whole maps of some layers are not. */
  readonly overall = new Map<Overall, WeightMap>();
  /** The level that thumbnails are kept at. */
  readonly coarseLevel: number;
  readonly coarseWidth: number;
  readonly coarseHeight: number;
  readonly #coarseMax: Uint8Array;
  readonly #coarseSums: Float32Array;
  /** [layers·heads]: sums over rows. */
  readonly #sinkSums: Float64Array;
  readonly #firstFourSums: Float64Array;
  readonly #done: Int32Array;
  /** ‖v_j·W_O‖ of each head: [layers·heads, columns]; not all of it is there before the last row is. */
  readonly valueNorms: Float32Array | undefined;
  /** Σ_j w[i][j]·‖v_j·W_O‖ of each head: [layers·heads, rows]. */
  readonly valueSums: Float32Array | undefined;

  constructor(
    readonly shape: StackShape,
    kept: readonly boolean[],
    readonly valueWeighted: boolean,
    /** Cells along a side of the largest thumbnail that can be asked for. */
    thumbnailSide: number = maxThumbnail,
  ) {
    const { rows, columns, causal, layers, heads } = shape;
    this.mapShape = { rows, columns, causal };
    const count = layers * heads;
    this.kept = this.#kept = [...kept];
    this.#order = kept.flatMap((isKept, layer) => (isKept ? [layer] : []));
    this.#maps = Array.from({ length: count }, (_, at) =>
      kept[Math.floor(at / heads)] ? WeightMap.empty(this.mapShape) : undefined,
    );
    this.coarseLevel = levelFor(this.mapShape, thumbnailSide);
    this.coarseWidth = sizeAtLevel(columns, this.coarseLevel);
    this.coarseHeight = sizeAtLevel(rows, this.coarseLevel);
    const cells = count * this.coarseWidth * this.coarseHeight;
    this.#coarseMax = new Uint8Array(cells);
    this.#coarseSums = new Float32Array(cells);
    this.#sinkSums = new Float64Array(count);
    this.#firstFourSums = new Float64Array(count);
    this.#done = new Int32Array(layers);
    this.valueNorms = valueWeighted ? new Float32Array(count * columns) : undefined;
    this.valueSums = valueWeighted ? new Float32Array(count * rows) : undefined;
  }

  /** Rows that are there in every layer. */
  get done(): number {
    return Math.min(...this.#done);
  }

  /** Memory that it takes at most, bytes: means of heads are made when they are first asked for. */
  get bytes(): number {
    const maps = this.#order.length * this.layerBytes + this.overall.size * cellCount(this.mapShape);
    return maps + bytesBesideMaps(this.shape, this.valueWeighted);
  }

  /** What the whole maps of one layer take, and their mean. */
  get layerBytes(): number {
    return (this.shape.heads + 1) * cellCount(this.mapShape);
  }

  /** Takes over a layer's whole maps from a stack of the same text. */
  take(layer: number, from: StackData): void {
    for (let head = 0; head < this.shape.heads; head++)
      this.#maps[layer * this.shape.heads + head] = from.map(layer, head);
    this.#kept[layer] = true;
    this.#order = [...this.#order.filter((known) => known !== layer), layer];
  }

  /** Lets go of the whole maps that were taken first. @returns whether there were any */
  drop(): boolean {
    const layer = this.#order.shift();
    if (layer === undefined) return false;
    this.#maps.fill(undefined, layer * this.shape.heads, (layer + 1) * this.shape.heads);
    this.#means[layer] = undefined;
    this.#kept[layer] = false;
    return true;
  }

  /** @returns undefined where the layer's whole maps are not kept */
  map(layer: number, head: number): WeightMap | undefined {
    return this.#maps[layer * this.shape.heads + head];
  }

  /** The mean over a layer's heads, rows that are not there yet being 0. @returns undefined as `map` */
  mean(layer: number): WeightMap | undefined {
    const known = this.#means[layer];
    if (known || !this.kept[layer]) return known;
    const mean = this.#meanOf(layer);
    if (this.#done[layer] === this.shape.rows) this.#means[layer] = mean;
    return mean;
  }

  #meanOf(layer: number): WeightMap {
    const mean = WeightMap.empty(this.mapShape);
    const { heads, columns } = this.shape;
    const sums = new Float32Array(columns);
    for (let row = 0; row < (this.#done[layer] as number); row++) {
      sums.fill(0);
      for (let head = 0; head < heads; head++) {
        const cells = this.map(layer, head)?.row(row) ?? [];
        for (let column = 0; column < cells.length; column++)
          sums[column] = (sums[column] as number) + (weightOf[cells[column] as number] as number);
      }
      const cells = mean.row(row);
      for (let column = 0; column < cells.length; column++) cells[column] = quantize((sums[column] as number) / heads);
    }
    return mean;
  }

  /** Share of all weights so far on the first token, or on the first four: [layers·heads]. */
  sinkShares(first: 1 | 4 = 1): Float32Array {
    const sums = first === 1 ? this.#sinkSums : this.#firstFourSums;
    return Float32Array.from(sums, (sum, at) =>
      Math.min(1, sum / Math.max(1, this.#done[Math.floor(at / this.shape.heads)] as number)),
    );
  }

  /** Takes rows in; those that are there already, which a run may compute again, are left out. */
  add(layer: number, fresh: FreshRows): void {
    const from = Math.max(fresh.first, this.#done[layer] as number);
    const to = Math.min(fresh.first + fresh.rows, this.shape.rows);
    for (let row = from; row < to; row++)
      for (let head = 0; head < this.shape.heads; head++) this.#addRow(layer, head, row, fresh);
    this.#done[layer] = Math.max(from, to);
  }

  /** Restores a layer whose whole maps are not kept from what `thumbnail` and `sinkShares` gave of it. */
  addCoarse(layer: number, { max, mean, sinkShares }: CoarseLayer): void {
    const { heads, rows } = this.shape;
    const size = this.coarseWidth * this.coarseHeight;
    this.#coarseMax.set(max, layer * heads * size);
    for (const [at, byte] of mean.entries()) {
      const [x, y] = [at % this.coarseWidth, Math.floor((at % size) / this.coarseWidth)];
      this.#coarseSums[layer * heads * size + at] =
        (weightOf[byte] as number) * cellsInBlock(this.mapShape, this.coarseLevel, x, y);
    }
    for (const [head, share] of sinkShares.entries()) this.#sinkSums[layer * heads + head] = share * rows;
    this.#done[layer] = rows;
  }

  /** The inner loop of a capture: it runs once for each of hundreds of millions of weights. */
  #addRow(layer: number, head: number, row: number, { weights, first, rows, columns }: FreshRows): void {
    const at = layer * this.shape.heads + head;
    const map = this.#maps[at];
    const length = rowLength(this.mapShape, row);
    const source = (head * rows + row - first) * columns;
    const target = map ? rowStart(this.mapShape, row) : 0;
    const cells = map?.cells ?? scratch(length);
    const norms = this.valueNorms;
    const normsAt = at * this.shape.columns;
    const side = 1 << this.coarseLevel;
    let coarse = (at * this.coarseHeight + (row >> this.coarseLevel)) * this.coarseWidth;
    let valueSum = 0;
    for (let block = 0; block < length; block += side, coarse++) {
      const end = Math.min(block + side, length);
      let sum = 0;
      let most = this.#coarseMax[coarse] as number;
      for (let column = block; column < end; column++) {
        const weight = weights[source + column] as number;
        // `quantize`, written out. Rounding upwards of a weight of 1 must not wrap.
        const byte = weight >= 1 ? 255 : (255 * Math.sqrt(weight) + 0.5) | 0;
        cells[target + column] = byte;
        if (byte > most) most = byte;
        sum += weight;
        if (norms) valueSum += weight * (norms[normsAt + column] as number);
      }
      this.#coarseMax[coarse] = most;
      this.#coarseSums[coarse] = (this.#coarseSums[coarse] as number) + sum;
    }
    if (this.valueSums) this.valueSums[at * this.shape.rows + row] = valueSum;
    this.#sinkSums[at] = (this.#sinkSums[at] as number) + (weights[source] as number);
    for (let column = 0; column < Math.min(firstColumns, length); column++) {
      this.#firstFourSums[at] = (this.#firstFourSums[at] as number) + (weights[source + column] as number);
    }
  }

  /** One head at a level at or above `coarseLevel`. */
  thumbnail(layer: number, head: number, level: number, kind: PoolKind): Grid {
    const shift = level - this.coarseLevel;
    const [width, height] = [sizeAtLevel(this.shape.columns, level), sizeAtLevel(this.shape.rows, level)];
    const data = new Uint8Array(width * height);
    const sums = new Float64Array(width * height);
    const start = (layer * this.shape.heads + head) * this.coarseHeight * this.coarseWidth;
    for (let y = 0; y < this.coarseHeight; y++) {
      for (let x = 0; x < this.coarseWidth; x++) {
        const to = (y >> shift) * width + (x >> shift);
        const from = start + y * this.coarseWidth + x;
        data[to] = Math.max(data[to] as number, this.#coarseMax[from] as number);
        sums[to] = (sums[to] as number) + (this.#coarseSums[from] as number);
      }
    }
    if (kind === 'mean') {
      for (let at = 0; at < data.length; at++) {
        data[at] = meanByte(sums[at] as number, cellsInBlock(this.mapShape, level, at % width, Math.floor(at / width)));
      }
    }
    return { width, height, data };
  }
}

let unkept = new Uint8Array(0);
/** Memory to write a row to that is not kept. */
function scratch(length: number): Uint8Array {
  if (unkept.length < length) unkept = new Uint8Array(2 * length);
  return unkept;
}
