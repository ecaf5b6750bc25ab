/** Writes the code view's drawing commands as an SVG document; all text is escaped. Used by the export menu. */
import type { Painter } from './views/codePainter';

/** Writes what a canvas would draw as an SVG document. Text is escaped: a file's text stays text. */
export class SvgPainter implements Painter {
  fillStyle: Painter['fillStyle'] = '#000';
  strokeStyle: Painter['strokeStyle'] = '#000';
  lineWidth = 1;
  font = '';
  textAlign: CanvasTextAlign = 'left';
  textBaseline: CanvasTextBaseline = 'middle';
  readonly #parts: string[] = [];
  #path = '';

  constructor(
    private readonly width: number,
    private readonly height: number,
  ) {}

  fillRect(x: number, y: number, width: number, height: number): void {
    this.#parts.push(
      `<rect x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}" fill="${escape(this.fillStyle)}"/>`,
    );
  }

  strokeRect(x: number, y: number, width: number, height: number): void {
    this.#parts.push(
      `<rect x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}" fill="none" stroke="${escape(this.strokeStyle)}" stroke-width="${this.lineWidth}"/>`,
    );
  }

  fillText(text: string, x: number, y: number, maxWidth?: number): void {
    const [size = '13px', ...family] = this.font.split(' ');
    const anchor = this.textAlign === 'right' ? 'end' : this.textAlign === 'center' ? 'middle' : 'start';
    const length = maxWidth === undefined ? '' : ` textLength="${round(maxWidth)}" lengthAdjust="spacingAndGlyphs"`;
    this.#parts.push(
      `<text x="${round(x)}" y="${round(y)}" font-size="${escape(size)}" font-family="${escape(family.join(' '))}" text-anchor="${anchor}" dominant-baseline="central" xml:space="preserve" fill="${escape(this.fillStyle)}"${length}>${escape(text)}</text>`,
    );
  }

  beginPath(): void {
    this.#path = '';
  }

  moveTo(x: number, y: number): void {
    this.#path += `M${round(x)} ${round(y)}`;
  }

  bezierCurveTo(x1: number, y1: number, x2: number, y2: number, x: number, y: number): void {
    this.#path += `C${[x1, y1, x2, y2, x, y].map(round).join(' ')}`;
  }

  stroke(): void {
    this.#parts.push(
      `<path d="${this.#path}" fill="none" stroke="${escape(this.strokeStyle)}" stroke-width="${this.lineWidth}"/>`,
    );
  }

  /** @param source a data address */
  image(source: string): void {
    this.#parts.push(`<image width="${this.width}" height="${this.height}" href="${escape(source)}"/>`);
  }

  toString(): string {
    return `<svg xmlns="http://www.w3.org/2000/svg" width="${this.width}" height="${this.height}" viewBox="0 0 ${this.width} ${this.height}">\n${this.#parts.join('\n')}\n</svg>\n`;
  }
}

function round(value: number): string {
  return String(Math.round(value * 100) / 100);
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Characters that XML has no way to hold are drawn as what they are not: a question mark. */
function escape(value: Painter['fillStyle']): string {
  const text = typeof value === 'string' ? value : '';
  return text
    .replace(/[&<>"]/g, (character) => entities[character] ?? character)
    .replace(
      /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g,
      '?',
    );
}
