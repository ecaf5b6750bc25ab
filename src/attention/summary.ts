/**
 * Reads weights of a selection of layers and heads, one head's or aggregated; used by tiles, provenance, recordings
 * and the engine's handlers of attention. Refuses selections that the stack does not have.
 */
import { EngineError } from '../ipc/engine/errors';
import type { Heads, TokenSpan } from '../ipc/engine/messages/attention';
import type { WeightMap } from './weightMap';
import { weightOf } from './quantize';
import { rolloutSteps } from './rollout';
import type { Overall, StackData } from './stack';

/** Which weights of a stack: of a layer, or of all of them, one head's or a summary. */
export interface Selection {
  readonly layer: number | undefined;
  readonly heads: Heads;
}

const isOverall = (heads: Heads): heads is Overall => typeof heads !== 'number' && heads !== 'rollout';

/** The layers that a selection takes its weights from. */
function layersOf({ shape }: Pick<StackData, 'shape'>, { layer, heads }: Selection): number[] {
  const upTo = Array.from({ length: (layer ?? shape.layers - 1) + 1 }, (_, at) => at);
  return heads === 'rollout' || layer === undefined ? upTo : [layer];
}

/** The first layer whose whole maps a selection needs and the stack does not keep; undefined where it has all. */
export function missingLayer(
  stack: Pick<StackData, 'shape' | 'kept' | 'overall'>,
  selection: Selection,
): number | undefined {
  const { layer, heads } = selection;
  if (layer === undefined && isOverall(heads) && stack.overall.has(heads)) return undefined;
  return layersOf(stack, selection).find((at) => stack.kept[at] === false);
}

/**
 * Weights of a stack, of one head or summarised over several, cell by cell. `Aggregate` in the protocol describes the
 * summaries.
 */
export class WeightSummary {
  readonly #layers: readonly number[];
  /** All of it, where the stack has it. */
  readonly #whole: WeightMap | undefined;
  /** [rows] of each layer: what value-weighted rows are divided by. */
  readonly #valueSums: ReadonlyMap<number, Float32Array>;

  /** @throws {EngineError} `invalid` where the stack has no such layer or head, or does not keep its maps */
  constructor(
    private readonly stack: StackData,
    private readonly selection: Selection,
  ) {
    const { layer, heads } = selection;
    const { shape } = stack;
    if (layer !== undefined && layer >= shape.layers)
      throw invalid(`There is no layer ${layer}: the model has ${shape.layers}.`);
    if (typeof heads === 'number' && heads >= shape.heads)
      throw invalid(`There is no head ${heads}: each layer has ${shape.heads}.`);
    if (typeof heads === 'number' && layer === undefined) throw invalid('One head needs a layer that it is of.');
    if (heads === 'rollout' && shape.kind === 'cross')
      throw invalid('Rollout goes through layers of the same tokens, not across sequences.');
    if (heads === 'value-weighted' && !stack.valueWeighted)
      throw invalid('The matrix behind the attention of this model was not found, so values cannot be weighed.');
    this.#layers = layersOf(stack, selection);
    this.#whole = layer === undefined && isOverall(heads) ? stack.overall.get(heads) : undefined;
    const missing = missingLayer(stack, selection);
    if (missing !== undefined)
      throw invalid(
        `Layer ${missing + 1} was captured without whole maps, for lack of memory: capture again and name it.`,
      );
    const weighsValues = heads === 'value-weighted' && this.#whole === undefined;
    this.#valueSums = new Map(weighsValues ? this.#layers.map((at) => [at, this.#sumsOfValues(at)]) : []);
  }

  /**
   * Every row [columns] in turn, 0 where there is no cell; each is overwritten by the next. Where there is only work
   * before the next row, undefined, so that there is a place to pause.
   */
  *rows(): Generator<Float32Array | undefined> {
    if (this.selection.heads === 'rollout') {
      yield* yield* rolloutSteps(this.#layers.map((layer) => mapOf(this.stack.mean(layer))));
      return;
    }
    const one = new Float32Array(this.stack.shape.columns);
    for (let row = 0; row < this.stack.shape.rows; row++) yield this.#row(row, one);
  }

  /** Share of the reading of rows [from, to) that goes to the first token, 0…1. */
  sinkShare({ from, to }: TokenSpan): number {
    if (this.selection.heads === 'rollout') return this.reads({ from, to }, false)[0] as number;
    const one = new Float32Array(this.stack.shape.columns);
    let share = 0;
    for (let row = from; row < to; row++) {
      this.#row(row, one);
      const sum = one.reduce((total: number, weight) => total + weight, 0);
      if (sum > 0) share += (one[0] as number) / sum / (to - from);
    }
    return Math.min(1, share);
  }

  /** One row. Not for rollout, whose rows depend on all others. */
  #row(row: number, into: Float32Array): Float32Array {
    into.fill(0);
    if (this.#whole) addBytes(into, this.#whole.row(row), 1);
    else this.#layers.forEach((layer) => this.#addRow(layer, row, into));
    return into;
  }

  /** What tokens [from, to) read: the mean of their rows, [columns]. */
  reads({ from, to }: TokenSpan, withoutSink: boolean): Float32Array {
    const { rows } = this.stack.shape;
    if (this.selection.heads === 'rollout') {
      let mixed: Float32Array = new Float32Array(rows).fill(1 / (to - from), from, to);
      for (const layer of this.#layers.toReversed()) mixed = this.#stepBack(layer, mixed);
      return withoutSink ? dropSink(mixed) : mixed;
    }
    const total = new Float32Array(this.stack.shape.columns);
    const one = new Float32Array(total.length);
    for (let row = from; row < to; row++) {
      this.#row(row, one);
      if (withoutSink) dropSink(one);
      for (let column = 0; column < total.length; column++)
        total[column] = (total[column] as number) + (one[column] as number) / (to - from);
    }
    return total;
  }

  /** How much each row reads tokens [from, to): the sum of their columns, [rows]. */
  readBy(span: TokenSpan, withoutSink: boolean): Float32Array {
    const { rows } = this.stack.shape;
    const { from, to } = span;
    if (this.selection.heads === 'rollout') {
      const forward = (reached: Float32Array) =>
        this.#layers.reduce<Float32Array>((weights, layer) => this.#stepForward(layer, weights), reached);
      const values = forward(new Float32Array(rows).fill(1, withoutSink ? Math.max(from, 1) : from, to));
      if (!withoutSink) return values;
      const sink = forward(new Float32Array(rows).fill(1, 0, 1));
      return values.map((value, row) => (value === 0 ? 0 : value / (1 - (sink[row] as number))));
    }
    const one = new Float32Array(this.stack.shape.columns);
    return Float32Array.from({ length: rows }, (_, row) => {
      this.#row(row, one);
      if (withoutSink) dropSink(one);
      let sum = 0;
      for (let column = from; column < to; column++) sum += one[column] as number;
      return sum;
    });
  }

  #addRow(layer: number, row: number, into: Float32Array): void {
    const {
      stack,
      selection: { heads },
    } = this;
    const part = 1 / this.#layers.length;
    if (typeof heads === 'number') addBytes(into, mapOf(stack.map(layer, heads)).row(row), part);
    else if (heads === 'max') this.#addMax(layer, row, into);
    else if (heads === 'value-weighted') this.#addValueWeighted(layer, row, into, part);
    else this.#addMean(layer, row, into, part);
  }

  /** From the heads themselves: a row is wanted at once, and the mean of all of them takes a while. */
  #addMean(layer: number, row: number, into: Float32Array, part: number): void {
    const { heads } = this.stack.shape;
    for (let head = 0; head < heads; head++) addBytes(into, mapOf(this.stack.map(layer, head)).row(row), part / heads);
  }

  #addMax(layer: number, row: number, into: Float32Array): void {
    for (let head = 0; head < this.stack.shape.heads; head++) {
      const bytes = mapOf(this.stack.map(layer, head)).row(row);
      for (let column = 0; column < bytes.length; column++) {
        const weight = weightOf[bytes[column] as number] as number;
        if (weight > (into[column] as number)) into[column] = weight;
      }
    }
  }

  #addValueWeighted(layer: number, row: number, into: Float32Array, part: number): void {
    const { heads, columns } = this.stack.shape;
    const norms = this.stack.valueNorms as Float32Array;
    const sum = (this.#valueSums.get(layer) as Float32Array)[row] as number;
    if (sum === 0) return;
    for (let head = 0; head < heads; head++) {
      const bytes = mapOf(this.stack.map(layer, head)).row(row);
      const start = (layer * heads + head) * columns;
      for (let column = 0; column < bytes.length; column++) {
        const weight = (weightOf[bytes[column] as number] as number) * (norms[start + column] as number);
        into[column] = (into[column] as number) + (part * weight) / sum;
      }
    }
  }

  #sumsOfValues(layer: number): Float32Array {
    const { heads, rows } = this.stack.shape;
    const sums = new Float32Array(rows);
    for (let head = 0; head < heads; head++) {
      const start = (layer * heads + head) * rows;
      for (let row = 0; row < rows; row++)
        sums[row] = (sums[row] as number) + ((this.stack.valueSums as Float32Array)[start + row] as number);
    }
    return sums;
  }

  /** From weights over a layer's outputs to weights over its inputs: weights · (mean + identity), rows normalised. */
  #stepBack(layer: number, weights: Float32Array): Float32Array {
    const map = mapOf(this.stack.mean(layer));
    const back = new Float32Array(weights.length);
    for (let row = 0; row < weights.length; row++) {
      const weight = weights[row] as number;
      if (weight === 0) continue;
      const bytes = map.row(row);
      const part = weight / (1 + sumOf(bytes));
      addBytes(back, bytes, part);
      back[row] = (back[row] as number) + part;
    }
    return back;
  }

  /** How much of what lies in a layer's inputs each of its outputs holds. */
  #stepForward(layer: number, held: Float32Array): Float32Array {
    const map = mapOf(this.stack.mean(layer));
    return held.map((own, row) => {
      const bytes = map.row(row);
      let sum = own;
      for (let column = 0; column < bytes.length; column++)
        sum += (weightOf[bytes[column] as number] as number) * (held[column] as number);
      return sum / (1 + sumOf(bytes));
    });
  }
}

/** Sets the first weight of a row to 0 and gives its part to the others. */
function dropSink(row: Float32Array): Float32Array {
  const sum = row.reduce((total: number, weight) => total + weight, 0);
  const rest = sum - (row[0] as number);
  row[0] = 0;
  for (let column = 1; rest > 0 && column < row.length; column++) row[column] = ((row[column] as number) * sum) / rest;
  return row;
}

function addBytes(into: Float32Array, bytes: Uint8Array, part: number): void {
  for (let column = 0; column < bytes.length; column++)
    into[column] = (into[column] as number) + part * (weightOf[bytes[column] as number] as number);
}

function sumOf(bytes: Uint8Array): number {
  let sum = 0;
  for (const byte of bytes) sum += weightOf[byte] as number;
  return sum;
}

function mapOf(map: WeightMap | undefined): WeightMap {
  if (!map) throw new Error('a layer that is not kept was not refused');
  return map;
}

const invalid = (message: string): EngineError => new EngineError('invalid', message);
