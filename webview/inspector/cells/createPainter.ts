/**
 * Selects the painter of attention cells: WebGL where it works, else a 2D canvas. Used by the heads and matrix views.
 */
import { CanvasPainter } from './canvasPainter';
import { GlPainter } from './glPainter';
import type { CellPainter } from './painter';

/**
 * @param side most cells along a side of what is uploaded
 * @param slots how many pictures are kept
 * @param lost called when the graphics card has forgotten everything, after which all must be uploaded again
 */
export function createPainter(side: number, slots: number, lost: () => void): CellPainter {
  // Measurements and comparisons of both painters set these classes.
  const { classList } = document.body;
  if (!classList.contains('no-webgl')) {
    const painter = GlPainter.create(side, slots, classList.contains('any-webgl'), lost);
    if (painter !== undefined) return painter;
  }
  return new CanvasPainter();
}
