/**
 * Geometry of the grid of head thumbnails: sizes, hit testing, visible cells. Used by the heads view and its painter;
 * pure functions, no DOM.
 */

/** Places of the thumbnails: a row for each layer, a column for each head. CSS pixels. */
export interface Grid {
  readonly layers: number;
  readonly heads: number;
  /** Side of a thumbnail. */
  readonly side: number;
  readonly gap: number;
  /** What the labels take, left of the thumbnails and above them. */
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** The part of a grid that is on screen; the labels stay where they are when it moves. CSS pixels. */
export interface GridWindow {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface HeadCell {
  readonly layer: number;
  readonly head: number;
}

const smallest = 16;
const largest = 160;

/** The largest grid that fits a width; where even the smallest does not, it is wider and is scrolled. */
export function gridFor(layers: number, heads: number, available: number): Grid {
  const left = 26;
  const top = 20;
  const gap = heads > 8 ? 2 : 6;
  const side = Math.max(smallest, Math.min(largest, Math.floor((available - left - gap * heads) / heads)));
  return {
    layers,
    heads,
    side,
    gap,
    left,
    top,
    width: left + heads * (side + gap),
    height: top + layers * (side + gap),
  };
}

/** Most cells along a side of the thumbnails that are asked for: of many more than there are pixels, some would not be seen. */
export const thumbnailCells = (pixels: number): 48 | 64 => (pixels <= 48 ? 48 : 64);

/** Where a thumbnail lies in the whole grid. */
export function cellPlace({ left, top, side, gap }: Grid, { layer, head }: HeadCell): { x: number; y: number } {
  return { x: left + head * (side + gap), y: top + layer * (side + gap) };
}

/** The thumbnail at a place of the whole grid. */
export function cellAt(grid: Grid, x: number, y: number): HeadCell | undefined {
  const pitch = grid.side + grid.gap;
  const head = Math.floor((x - grid.left) / pitch);
  const layer = Math.floor((y - grid.top) / pitch);
  return head >= 0 && head < grid.heads && layer >= 0 && layer < grid.layers ? { layer, head } : undefined;
}

/** The thumbnails of which something is on screen. */
export function visibleCells(grid: Grid, { x, y, width, height }: GridWindow): (HeadCell & { index: number })[] {
  const pitch = grid.side + grid.gap;
  const range = (from: number, length: number, count: number): number[] => {
    const first = Math.max(0, Math.floor(from / pitch));
    const end = Math.min(count, Math.ceil((from + length) / pitch));
    return Array.from({ length: Math.max(0, end - first) }, (_, at) => first + at);
  };
  const heads = range(x, width - grid.left, grid.heads);
  return range(y, height - grid.top, grid.layers).flatMap((layer) =>
    heads.map((head) => ({ layer, head, index: layer * grid.heads + head })),
  );
}

/** Where the window has to be so that all of a thumbnail is in it: as near as possible to where it is. */
export function revealed(grid: Grid, window: GridWindow, cell: HeadCell): { x: number; y: number } {
  const pitch = grid.side + grid.gap;
  const along = (at: number, from: number, room: number): number =>
    Math.max(0, Math.min(at * pitch, Math.max(from, (at + 1) * pitch - room)));
  return {
    x: along(cell.head, window.x, window.width - grid.left),
    y: along(cell.layer, window.y, window.height - grid.top),
  };
}
