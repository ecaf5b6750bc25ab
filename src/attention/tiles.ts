/**
 * Cuts thumbnails, tiles and rows of weights for the inspector, and caches pooled levels and summaries; used by the
 * engine's handlers of `thumbnails`, `tile` and `weights`, the recorder and recordings.
 */
import { EngineError } from '../ipc/engine/errors';
import { maxTileCells } from '../ipc/engine/messages/attention';
import type { Heads, PoolKind, Thumbnails, Tile, TokenSpan, AttentionWeights } from '../ipc/engine/messages/attention';
import { effectiveContext } from './entropy';
import { WeightMap } from './weightMap';
import { cutGrid, cutMap, levelFor, poolMap, sizeAtLevel } from './pool';
import type { Grid } from './pool';
import { quantize } from './quantize';
import type { Step } from '../common/step';
import type { StackData } from './stack';
import { WeightSummary } from './summary';
import type { Selection } from './summary';

/** Thumbnails of one layer's heads, or of all. */
export function thumbnails(
  stack: StackData,
  { layer, size, kind }: { layer?: number | undefined; size: number; kind: PoolKind },
): Thumbnails {
  const { layers, heads, rows, columns } = stack.shape;
  if (layer !== undefined && layer >= layers)
    throw new EngineError('invalid', `There is no layer ${layer}: the model has ${layers}.`);
  const wanted = layer === undefined ? Array.from({ length: layers }, (_, at) => at) : [layer];
  let level = Math.max(stack.coarseLevel, levelFor(stack.mapShape, size));
  const cells = (at: number) => wanted.length * heads * sizeAtLevel(columns, at) * sizeAtLevel(rows, at);
  while (cells(level) > maxTileCells) level++;
  const [width, height] = [sizeAtLevel(columns, level), sizeAtLevel(rows, level)];
  const data = new Uint8Array(cells(level));
  for (const [at, one] of wanted.entries()) {
    for (let head = 0; head < heads; head++)
      data.set(stack.thumbnail(one, head, level, kind).data, (at * heads + head) * width * height);
  }
  return { level, width, height, data };
}

export interface TileRequest {
  readonly layer?: number | undefined;
  readonly heads: Heads;
  readonly level: number;
  readonly kind: PoolKind;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** How long work may last before it pauses. */
const pauseMs = 10;

/** Cuts tiles, and remembers the levels and summaries they are cut from. */
export class Tiles {
  readonly #grids = new Map<string, Grid>();
  readonly #summaries = new Map<string, WeightMap>();

  /** @param kept how many levels and how many summaries are remembered */
  constructor(private readonly kept = 16) {}

  /**
   * @param capture id of the capture that the stack, its `stackIndex`th, belongs to; by them things are remembered, once
   *   every row is there
   * @throws {EngineError} `invalid`
   */
  tile(capture: number, stackIndex: number, stack: StackData, request: TileRequest): Tile {
    const { level, kind, x, y } = request;
    const [columns, rows] = [sizeAtLevel(stack.shape.columns, level), sizeAtLevel(stack.shape.rows, level)];
    const [width, height] = [
      Math.min(request.width, Math.max(0, columns - x)),
      Math.min(request.height, Math.max(0, rows - y)),
    ];
    if (width * height > maxTileCells)
      throw new EngineError('invalid', `A tile has at most ${maxTileCells} cells, not ${width}×${height}.`);
    if (width === 0 || height === 0) return { x, y, width: 0, height: 0, data: new Uint8Array(0) };
    const complete = stack.done === stack.shape.rows;
    const name = nameOf(capture, stackIndex, request);
    const map = () => this.#mapOf(stack, request, complete ? name : undefined);
    if (level === 0) return { x, y, width, height, data: cutMap(map(), x, y, width, height) };
    const grid = remember(this.#grids, complete ? `${name} ${level} ${kind}` : undefined, this.kept, () =>
      poolMap(map(), level, kind),
    );
    return { x, y, width, height, data: cutGrid(grid, x, y, width, height) };
  }

  /** Whether `tile` has little to do: what it cuts from is there, or so far only in part. */
  isReady(
    capture: number,
    stackIndex: number,
    stack: StackData,
    { layer, heads }: Pick<TileRequest, 'layer' | 'heads'>,
  ): boolean {
    return (
      isKept(layer, heads) ||
      this.#summaries.has(nameOf(capture, stackIndex, { layer, heads })) ||
      stack.done < stack.shape.rows
    );
  }

  /** Makes a summary, with pauses, so that `tile` need not do it at once. */
  async prepare(
    capture: number,
    stackIndex: number,
    stack: StackData,
    { layer, heads }: Pick<TileRequest, 'layer' | 'heads'>,
    step: Step,
  ): Promise<void> {
    const map = await quantized(stack, { layer, heads }, step);
    remember(this.#summaries, nameOf(capture, stackIndex, { layer, heads }), this.kept, () => map);
  }

  /** Forgets what belongs to a capture. */
  forget(capture: number): void {
    for (const known of [this.#grids, this.#summaries]) {
      for (const name of known.keys()) if (name.startsWith(`${capture} `)) known.delete(name);
    }
  }

  #mapOf(stack: StackData, { layer, heads }: TileRequest, name: string | undefined): WeightMap {
    const summary = new WeightSummary(stack, { layer, heads });
    if (isKept(layer, heads))
      return (typeof heads === 'number' ? stack.map(layer, heads) : stack.mean(layer)) as WeightMap;
    if (heads === 'rollout' && name === undefined)
      throw new EngineError('invalid', 'Rollout goes through all rows: it is there once the capture is complete.');
    return remember(this.#summaries, name, this.kept, () => {
      const map = WeightMap.empty(stack.mapShape);
      let index = 0;
      for (const row of summary.rows()) if (row) quantizeRow(row, map.row(index++));
      return map;
    });
  }
}

/** The whole of a summary, made with pauses. @throws {EngineError} `invalid` as `Summary` */
export async function quantized(stack: StackData, selection: Selection, step: Step): Promise<WeightMap> {
  const map = WeightMap.empty(stack.mapShape);
  let last = performance.now();
  let index = 0;
  for (const row of new WeightSummary(stack, selection).rows()) {
    if (row) quantizeRow(row, map.row(index++));
    if (performance.now() - last < pauseMs) continue;
    await step();
    last = performance.now();
  }
  return map;
}

const nameOf = (capture: number, stack: number, { layer, heads }: Pick<TileRequest, 'layer' | 'heads'>): string =>
  `${capture} ${stack} ${layer ?? ''} ${heads}`;

/** Whether a stack has such a map by itself. */
const isKept = (layer: number | undefined, heads: Heads): layer is number =>
  layer !== undefined && (typeof heads === 'number' || heads === 'mean');

function quantizeRow(row: Float32Array, cells: Uint8Array): void {
  for (let column = 0; column < cells.length; column++) cells[column] = quantize(row[column] as number);
}

function remember<T>(known: Map<string, T>, name: string | undefined, most: number, make: () => T): T {
  if (name === undefined) return make();
  const found = known.get(name) ?? make();
  known.delete(name);
  known.set(name, found);
  const [oldest] = known.keys();
  if (known.size > most && oldest !== undefined) known.delete(oldest);
  return found;
}

export interface WeightsRequest {
  readonly layer?: number | undefined;
  readonly heads: Heads;
  readonly tokens: TokenSpan;
  readonly direction: 'reads' | 'readBy';
  readonly withoutSink: boolean;
}

/** @throws {EngineError} `invalid` */
export function weights(
  stack: StackData,
  { layer, heads, tokens, direction, withoutSink }: WeightsRequest,
): AttentionWeights {
  const length = direction === 'reads' ? stack.shape.rows : stack.shape.columns;
  if (tokens.from >= tokens.to || tokens.to > length)
    throw new EngineError('invalid', `There are no tokens ${tokens.from} to ${tokens.to} among ${length}.`);
  const summary = new WeightSummary(stack, { layer, heads });
  const values = direction === 'reads' ? summary.reads(tokens, withoutSink) : summary.readBy(tokens, withoutSink);
  return {
    values,
    sinkShare: summary.sinkShare(direction === 'reads' ? tokens : { from: 0, to: stack.shape.rows }),
    effectiveContext: effectiveContext(values),
  };
}
