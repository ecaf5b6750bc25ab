/**
 * Geometry of the visible part of the matrix: fitting, clamping, zooming and scrolling to a cell. Used by the matrix
 * view; pure functions.
 */

/** What part of a map is on screen, and how large: pixels per token, and the tokens at the upper left corner. */
export interface Viewport {
  readonly x: number;
  readonly y: number;
  readonly scale: number;
}

export interface Extent {
  readonly rows: number;
  readonly columns: number;
  /** CSS pixels of the place where the map is drawn. */
  readonly width: number;
  readonly height: number;
}

/** Pixels of a token when it is as large as it gets. */
const largest = 28;

export function fitAll({ rows, columns, width, height }: Extent): Viewport {
  return { x: 0, y: 0, scale: Math.min(width / Math.max(1, columns), height / Math.max(1, rows), largest) };
}

/** No part of the place stays empty that the map could fill. */
export function clampViewport({ x, y, scale }: Viewport, extent: Extent): Viewport {
  const least = fitAll(extent).scale;
  const clamped = Math.min(largest, Math.max(least, scale));
  const within = (value: number, tokens: number, pixels: number): number =>
    Math.min(Math.max(0, tokens - pixels / clamped), Math.max(0, value));
  return { x: within(x, extent.columns, extent.width), y: within(y, extent.rows, extent.height), scale: clamped };
}

/** Zooms so that what lies under a pixel stays there. */
export function zoomAt(viewport: Viewport, extent: Extent, factor: number, pixelX: number, pixelY: number): Viewport {
  const scale = Math.min(largest, Math.max(fitAll(extent).scale, viewport.scale * factor));
  const x = viewport.x + pixelX / viewport.scale - pixelX / scale;
  const y = viewport.y + pixelY / viewport.scale - pixelY / scale;
  return clampViewport({ x, y, scale }, extent);
}

/** Moves as little as needed to bring a cell into sight. */
export function reveal(viewport: Viewport, extent: Extent, row: number, column: number): Viewport {
  const move = (start: number, token: number, pixels: number): number =>
    Math.min(token, Math.max(start, token + 1 - pixels / viewport.scale));
  return clampViewport(
    { ...viewport, x: move(viewport.x, column, extent.width), y: move(viewport.y, row, extent.height) },
    extent,
  );
}
