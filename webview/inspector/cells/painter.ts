/**
 * Interface of a painter of attention cells, implemented by `glPainter.ts` and `canvasPainter.ts` and used by the
 * heads and matrix views.
 */
import type { CellOptions, Quad } from '../model/cells';

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
