/**
 * Canvas with the resolution of the screen, redrawn at most once a frame. Used by the code, heads and matrix views
 * and, for sizing, by the cell painters.
 */

/** A canvas as sharp as the screen, drawn at most once a frame. */
export class Surface {
  readonly canvas = document.createElement('canvas');
  /** CSS pixels. */
  width = 0;
  height = 0;
  #requested = 0;

  constructor(private readonly draw: () => void) {
    this.canvas.setAttribute('aria-hidden', 'true');
  }

  /** The scale from CSS pixels to the canvas's own. */
  get scale(): number {
    return Math.min(3, Math.max(1, window.devicePixelRatio || 1));
  }

  /** @returns whether the size is another than before */
  resize(width: number, height: number): boolean {
    const changed = fit(this.canvas, width, height, this.scale);
    this.width = width;
    this.height = height;
    return changed;
  }

  /** Draws with the next frame; what was asked for meanwhile is drawn with it. */
  request(): void {
    if (this.#requested !== 0) return;
    this.#requested = requestAnimationFrame(() => {
      this.#requested = 0;
      this.draw();
    });
  }

  /** A context with the origin at the corner and CSS pixels as its unit, cleared. */
  begin(): CanvasRenderingContext2D {
    const context = this.canvas.getContext('2d');
    if (context === null) throw new Error('This browser draws no canvas.');
    context.setTransform(this.scale, 0, 0, this.scale, 0, 0);
    context.clearRect(0, 0, this.width, this.height);
    return context;
  }
}

/** Gives a canvas its size in CSS pixels and as many of its own as the screen has. @returns whether it changed */
export function fit(canvas: HTMLCanvasElement, width: number, height: number, scale: number): boolean {
  const own = { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
  if (canvas.width === own.width && canvas.height === own.height) return false;
  canvas.width = own.width;
  canvas.height = own.height;
  canvas.style.width = `${width}px`;
  canvas.style.height = `${height}px`;
  return true;
}
