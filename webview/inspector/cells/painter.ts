import type { CellOptions, Quad } from '../model/cells';
import { CanvasPainter } from './canvasPainter';
import { GlPainter } from './glPainter';

/** Draws cells of quantised maps. Uploading is done once; options change without uploading anything. */
export interface CellPainter {
  readonly canvas: HTMLCanvasElement;
  readonly kind: 'webgl' | 'canvas';
  /** @param cells [rows, columns], quantised */
  upload(slot: number, columns: number, rows: number, cells: Uint8Array): void;
  /** The quantised weight of each row's first token. */
  setSinks(sinks: Uint8Array): void;
  /** Draws all anew. Sizes in CSS pixels. @param ramp 256 colours of 4 bytes */
  paint(quads: readonly Quad[], ramp: Uint8ClampedArray<ArrayBuffer>, options: CellOptions): void;
  resize(width: number, height: number, scale: number): void;
}

/**
 * @param side most cells along a side of what is uploaded
 * @param slots how many pictures are kept
 * @param lost called when the graphics card has forgotten everything, after which all must be uploaded again
 */
export function createPainter(side: number, slots: number, lost: () => void): CellPainter {
  // The classes are set by those who measure or compare both ways.
  const { classList } = document.body;
  if (!classList.contains('no-webgl')) {
    const painter = GlPainter.create(side, slots, classList.contains('any-webgl'), lost);
    if (painter !== undefined) return painter;
  }
  return new CanvasPainter();
}
