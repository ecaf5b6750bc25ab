/** Where the tiles of a matrix stand on screen: for the matrix view, from its viewport alone. Draws nothing. */
import { tileSide } from '../model/cells';
import type { Quad } from '../model/cells';
import type { Extent, Viewport } from '../model/viewport';
import type { LoadedTile, TileKey } from './tiles';

/** The tiles of a level that the viewport shows a part of. */
export function visibleTiles({ x, y, scale }: Viewport, extent: Extent, level: number): TileKey[] {
  const side = tileSide * 2 ** level;
  const keys: TileKey[] = [];
  const lastX = Math.min(extent.columns - 1, x + extent.width / scale);
  const lastY = Math.min(extent.rows - 1, y + extent.height / scale);
  for (let row = Math.floor(y / side); row <= Math.floor(lastY / side); row++) {
    for (let column = Math.floor(x / side); column <= Math.floor(lastX / side); column++)
      keys.push({ level, x: column, y: row });
  }
  return keys;
}

/** The rectangle that a tile fills, in CSS pixels; none while the tile is not there. @param scale the weight that full colour stands for */
export function quadOf(
  tile: LoadedTile | undefined,
  key: TileKey,
  viewport: Viewport,
  extent: Extent,
  scale: number,
): Quad[] {
  if (tile === undefined) return [];
  const step = 2 ** key.level;
  const column = key.x * tileSide * step;
  const row = key.y * tileSide * step;
  const cellsX = Math.min(tile.width, (extent.columns - column) / step);
  const cellsY = Math.min(tile.height, (extent.rows - row) / step);
  const pixels = viewport.scale * step;
  return [
    {
      slot: tile.slot,
      x: (column - viewport.x) * viewport.scale,
      y: (row - viewport.y) * viewport.scale,
      width: cellsX * pixels,
      height: cellsY * pixels,
      fromX: 0,
      fromY: 0,
      cellsX,
      cellsY,
      scale,
      row,
      column,
      step,
    },
  ];
}
