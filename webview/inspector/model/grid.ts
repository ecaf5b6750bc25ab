/** Places of the thumbnails: a row for each layer, a column for each head. CSS pixels. */
export interface Grid {
  readonly layers: number;
  readonly heads: number;
  /** Side of a thumbnail. */
  readonly side: number;
  readonly gap: number;
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
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

export function cellPlace({ left, top, side, gap }: Grid, layer: number, head: number): { x: number; y: number } {
  return { x: left + head * (side + gap), y: top + layer * (side + gap) };
}

export function cellAt(grid: Grid, x: number, y: number): { layer: number; head: number } | undefined {
  const pitch = grid.side + grid.gap;
  const head = Math.floor((x - grid.left) / pitch);
  const layer = Math.floor((y - grid.top) / pitch);
  return head >= 0 && head < grid.heads && layer >= 0 && layer < grid.layers ? { layer, head } : undefined;
}
