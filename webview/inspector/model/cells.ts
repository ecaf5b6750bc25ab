/** How a quantised weight becomes a colour. The shader does the same; a test compares the pictures. */

/** How many cells a tile of the matrix has along a side. */
export const tileSide = 256;

export interface CellOptions {
  readonly threshold: number;
  readonly gamma: number;
  readonly withoutSink: boolean;
  /** The cells are differences: 128 is none, whatever the other options say. */
  readonly diverging: boolean;
}

/** A rectangle of cells of one picture, and where it is drawn. */
export interface Quad {
  readonly slot: number;
  /** Where, in CSS pixels. */
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** Which cells of the slot; fractions at the edges. */
  readonly fromX: number;
  readonly fromY: number;
  readonly cellsX: number;
  readonly cellsY: number;
  /** The weight drawn with the strongest colour. */
  readonly scale: number;
  /** Row and column of the whole map that the slot's first cell begins with, and tokens of one cell's side. */
  readonly row: number;
  readonly column: number;
  readonly step: number;
}

/**
 * Index into a ramp of 256 colours.
 *
 * @param cell quantised by the root: w = (cell/255)²
 * @param sink quantised weight of the row's first token
 */
export function rampIndex(
  cell: number,
  sink: number,
  inSink: boolean,
  scale: number,
  { threshold, gamma, withoutSink, diverging }: CellOptions,
): number {
  if (diverging) return cell;
  let weight = (cell / 255) ** 2;
  if (withoutSink) weight = inSink ? 0 : weight / Math.max(1e-3, 1 - (sink / 255) ** 2);
  const part = Math.min(1, weight / scale);
  return part < threshold || part === 0 ? 0 : Math.round(255 * part ** gamma);
}

/**
 * A weight that few of the cells exceed, so that one spike does not leave the rest dark.
 *
 * @param cells [rows, columns], quantised; the first column is left out where the sink is
 */
export function robustMaximum(cells: Uint8Array, columns: number, withoutSink: boolean): number {
  const counts = new Uint32Array(256);
  let total = 0;
  for (let i = 0; i < cells.length; i++) {
    const cell = cells[i] as number;
    if (cell === 0 || (withoutSink && i % columns === 0)) continue;
    counts[cell] = (counts[cell] as number) + 1;
    total++;
  }
  let above = Math.ceil(total * 0.005);
  for (let cell = 255; cell > 0; cell--) {
    above -= counts[cell] as number;
    if (above < 0) return (cell / 255) ** 2;
  }
  return 1;
}

/** Differences of two quantised maps as quantised cells around 128. */
export function difference(a: Uint8Array, b: Uint8Array): Uint8Array {
  return a.map((cell, i) => Math.round(128 + (cell - (b[i] ?? 0)) / 2.0079));
}

/** The coarsest level needed so that a map of so many tokens fits one tile. */
export function coarsestLevel(tokens: number): number {
  return Math.max(0, Math.ceil(Math.log2(tokens / tileSide)));
}

/** The finest level of which a cell is at least one pixel. @param pixels of one token */
export function levelFor(pixels: number, coarsest: number): number {
  return Math.min(coarsest, Math.max(0, Math.ceil(Math.log2(1 / pixels) - 1e-9)));
}
