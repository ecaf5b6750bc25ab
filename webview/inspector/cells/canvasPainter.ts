/**
 * Draws attention cells with a 2D canvas where WebGL is missing or slow. Created by `createPainter.ts`; its picture is
 * the same as that of `glPainter.ts`.
 */
import { rampIndex } from '../model/cells';
import type { CellOptions, Quad } from '../model/cells';
import { fit } from '../surface';
import type { CellPainter } from './painter';

interface Picture {
  readonly columns: number;
  readonly rows: number;
  readonly cells: Uint8Array;
  /** Drawn with the options that the key names. */
  drawn: { readonly key: string; readonly canvas: HTMLCanvasElement } | undefined;
}

/** The way for machines without WebGL: the same picture, from the processor. */
export class CanvasPainter implements CellPainter {
  readonly canvas = document.createElement('canvas');
  readonly kind = 'canvas';
  readonly #pictures = new Map<number, Picture>();
  #sinks = new Uint8Array();
  #sinksVersion = 0;
  #scale = 1;
  #ramps = { ramp: new Uint8ClampedArray(), version: 0 };

  upload(slot: number, columns: number, rows: number, cells: Uint8Array): void {
    this.#pictures.set(slot, { columns, rows, cells, drawn: undefined });
  }

  setSinks(sinks: Uint8Array): void {
    this.#sinks = Uint8Array.from(sinks);
    this.#sinksVersion++;
  }

  resize(width: number, height: number, scale: number): void {
    this.#scale = scale;
    fit(this.canvas, width, height, scale);
  }

  paint(quads: readonly Quad[], ramp: Uint8ClampedArray<ArrayBuffer>, options: CellOptions): void {
    const context = this.canvas.getContext('2d');
    if (context === null) return;
    if (this.#ramps.ramp !== ramp) this.#ramps = { ramp, version: this.#ramps.version + 1 };
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, this.canvas.width, this.canvas.height);
    context.imageSmoothingEnabled = false;
    for (const quad of quads) {
      const picture = this.#pictures.get(quad.slot);
      if (picture === undefined) continue;
      const drawn = this.#draw(picture, quad, options);
      const s = this.#scale;
      context.drawImage(
        drawn,
        quad.fromX,
        quad.fromY,
        quad.cellsX,
        quad.cellsY,
        quad.x * s,
        quad.y * s,
        quad.width * s,
        quad.height * s,
      );
    }
  }

  #draw(picture: Picture, { scale, row, column, step }: Quad, options: CellOptions): HTMLCanvasElement {
    const key = JSON.stringify([options, scale, this.#ramps.version, this.#sinksVersion]);
    if (picture.drawn?.key === key) return picture.drawn.canvas;
    const { columns, rows, cells } = picture;
    const canvas = picture.drawn?.canvas ?? document.createElement('canvas');
    canvas.width = columns;
    canvas.height = rows;
    const image = new ImageData(columns, rows);
    const colours = new Uint32Array(this.#ramps.ramp.buffer);
    const pixels = new Uint32Array(image.data.buffer);
    const indices = new Uint8Array(256);
    let sinkOfIndices = -1;
    for (let y = 0; y < rows; y++) {
      const sink = sinkOf(this.#sinks, row + y * step, step);
      if (sink !== sinkOfIndices) {
        for (let cell = 0; cell < 256; cell++) indices[cell] = rampIndex(cell, sink, false, scale, options);
        sinkOfIndices = sink;
      }
      for (let x = 0; x < columns; x++) {
        const cell = cells[y * columns + x] as number;
        const index = column + x === 0 ? rampIndex(cell, sink, true, scale, options) : (indices[cell] as number);
        pixels[y * columns + x] = colours[index] as number;
      }
    }
    canvas.getContext('2d')?.putImageData(image, 0, 0);
    picture.drawn = { key, canvas };
    return canvas;
  }
}

/** The sink of the row in the middle of those that a cell stands for. */
function sinkOf(sinks: Uint8Array, row: number, step: number): number {
  return sinks[Math.min(sinks.length - 1, row + (step >> 1))] ?? 0;
}
