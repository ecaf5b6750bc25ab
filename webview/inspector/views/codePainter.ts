/**
 * Draws the code view onto a canvas or, for exports, into an SVG: text, heat, links, outlines and ruler. Used by the
 * code view and the export menu; keeps no state.
 */
import type { SequenceSegment } from '../../../src/features/inspector/messages';
import { t } from '../../shared/translate';
import { css, mix } from '../model/colour';
import type { Layout, Piece } from '../model/layout';
import { nameOfSegment } from '../model/segments';
import type { Theme } from '../theme';

/** All it takes to draw the code view once. Sizes in CSS pixels. */
export interface CodePicture {
  readonly layout: Layout;
  readonly segments: readonly SequenceSegment[];
  readonly theme: Theme;
  /** Of one character. */
  readonly cell: { readonly width: number; readonly height: number };
  readonly width: number;
  readonly height: number;
  /** How far down it is scrolled. */
  readonly top: number;
  readonly gutter: number;
  readonly rulerWidth: number;
  readonly direction: 'reads' | 'readBy';
  readonly heat:
    | {
        readonly strengths: Uint8Array;
        readonly signs: Float32Array | undefined;
        readonly links: readonly number[];
        readonly rows: Uint8Array;
      }
    | undefined;
  readonly selected: { readonly from: number; readonly to: number } | undefined;
  readonly hovered: number | undefined;
  readonly active: boolean;
}

/** Where pictures go: a canvas, or what writes an SVG. */
export interface Painter {
  fillStyle: string | CanvasGradient | CanvasPattern;
  strokeStyle: string | CanvasGradient | CanvasPattern;
  lineWidth: number;
  font: string;
  textAlign: CanvasTextAlign;
  textBaseline: CanvasTextBaseline;
  fillRect(x: number, y: number, width: number, height: number): void;
  strokeRect(x: number, y: number, width: number, height: number): void;
  fillText(text: string, x: number, y: number, maxWidth?: number): void;
  beginPath(): void;
  moveTo(x: number, y: number): void;
  bezierCurveTo(x1: number, y1: number, x2: number, y2: number, x: number, y: number): void;
  stroke(): void;
}

/** The strongest heat of each row, 0…255. */
export function rowHeats(layout: Layout, strengths: Uint8Array): Uint8Array {
  return Uint8Array.from(layout.rows, ({ pieces }) =>
    pieces.reduce((most, { token }) => Math.max(most, strengths[token] ?? 0), 0),
  );
}

/** How solid the strongest heat is: text stays readable on it. */
const maxAlpha = 0.62;

export function paintCode(painter: Painter, picture: CodePicture): void {
  const { layout, cell, theme, top, height, width } = picture;
  painter.fillStyle = css(theme.background);
  painter.fillRect(0, 0, width, height);
  const first = Math.max(0, Math.floor(top / cell.height));
  const last = Math.min(layout.rows.length, Math.ceil((top + height) / cell.height));
  painter.textBaseline = 'middle';
  for (let row = first; row < last; row++) paintHeat(painter, picture, row);
  for (let row = first; row < last; row++) paintText(painter, picture, row);
  paintLinks(painter, picture);
  paintOutlines(painter, picture, first, last);
  paintRuler(painter, picture);
}

function hue(picture: CodePicture, token: number): CodePicture['theme']['reads'] {
  const { heat, theme, direction } = picture;
  if (heat?.signs !== undefined) return (heat.signs[token] ?? 0) >= 0 ? theme.reads : theme.readBy;
  return direction === 'reads' ? theme.reads : theme.readBy;
}

function x(picture: CodePicture, { column }: Piece): number {
  return picture.gutter + column * picture.cell.width;
}

function y(picture: CodePicture, row: number): number {
  return row * picture.cell.height - picture.top;
}

function paintHeat(painter: Painter, picture: CodePicture, row: number): void {
  const { heat, cell, layout, theme } = picture;
  if (heat === undefined || heat.rows[row] === 0) return;
  for (const piece of layout.rows[row]?.pieces ?? []) {
    const strength = heat.strengths[piece.token] ?? 0;
    if (strength === 0) continue;
    const part = strength / 255;
    const colour = hue(picture, piece.token);
    const width = piece.width * cell.width;
    painter.fillStyle = css(colour, Math.round(1000 * part * (theme.highContrast ? 0.4 : maxAlpha)) / 1000);
    painter.fillRect(x(picture, piece), y(picture, row) + 1, width, cell.height - 2);
    // A bar as thick as the weight is strong: not by colour alone.
    const bar = part >= 0.75 ? 3 : part >= 0.5 ? 2 : part >= 0.3 ? 1 : 0;
    if (bar === 0) continue;
    painter.fillStyle = css(theme.highContrast ? theme.foreground : colour);
    painter.fillRect(x(picture, piece), y(picture, row) + cell.height - 1 - bar, width, bar);
  }
}

function paintText(painter: Painter, picture: CodePicture, row: number): void {
  const { layout, cell, theme, gutter, segments } = picture;
  const { pieces, line, continued, segment } = layout.rows[row] ?? {
    pieces: [],
    line: 0,
    continued: false,
    segment: 0,
  };
  const middle = y(picture, row) + cell.height / 2;
  painter.font = theme.codeFont;
  painter.textAlign = 'right';
  painter.fillStyle = css(theme.lineNumber);
  if (line > 0) painter.fillText(String(line), gutter - cell.width, middle);
  else if (continued) painter.fillText('↪', gutter - cell.width, middle);
  painter.textAlign = 'left';
  const kind = segments[segment]?.kind;
  const faint = css(mix(theme.background, theme.foreground, 0.42));
  const colour = css(kind === 'path' ? theme.muted : theme.foreground);
  for (const run of runs(pieces)) {
    painter.fillStyle = run.faint ? faint : colour;
    painter.fillText(
      run.text,
      gutter + run.column * cell.width,
      middle,
      ...(run.exact ? [] : [run.width * cell.width]),
    );
  }
  const next = segments[segment + 1];
  if (kind === 'special' && next !== undefined && next.kind !== 'special') {
    painter.font = theme.smallFont;
    painter.fillStyle = css(theme.muted);
    painter.fillText(nameOfSegment(next.kind, t), gutter + 2 * cell.width, middle);
  }
}

interface Run {
  text: string;
  readonly column: number;
  width: number;
  readonly faint: boolean;
  /** Plain letters: as wide as their columns by themselves. */
  readonly exact: boolean;
}

/** Pieces that can be drawn in one go: plain ones that follow each other. What is not plain is held to its columns. */
function runs(pieces: readonly Piece[]): Run[] {
  const joined: Run[] = [];
  for (const { text, column, width } of pieces) {
    const exact = /^[ -~]*$/.test(text);
    const faint = /^[⏎◆]$|‹/.test(text);
    const last = joined.at(-1);
    if (exact && last?.exact === true && !last.faint) {
      last.text += text;
      last.width += width;
    } else {
      joined.push({ text, column, width, faint, exact: exact && !faint });
    }
  }
  return joined;
}

function paintLinks(painter: Painter, picture: CodePicture): void {
  const { heat, selected, theme, cell } = picture;
  if (heat === undefined || selected === undefined) return;
  const from = centre(picture, selected.from);
  if (from === undefined) return;
  for (const [rank, token] of heat.links.entries()) {
    const to = centre(picture, token);
    if (to === undefined || token === selected.from) continue;
    painter.strokeStyle = css(theme.highContrast ? theme.foreground : hue(picture, token), rank === 0 ? 0.75 : 0.4);
    painter.lineWidth = rank === 0 ? 1.5 : 1;
    const bend = Math.min(60, 12 + Math.abs(from.y - to.y) / 4);
    painter.beginPath();
    painter.moveTo(from.x, from.y - (to.y < from.y ? 1 : -1) * (cell.height / 2 - 1));
    painter.bezierCurveTo(
      from.x + bend,
      from.y,
      to.x + bend,
      to.y,
      to.x,
      to.y + (to.y < from.y ? 1 : -1) * (cell.height / 2 - 1),
    );
    painter.stroke();
  }
}

function centre(picture: CodePicture, token: number): { x: number; y: number } | undefined {
  const { layout, cell } = picture;
  const row = layout.rowOf[token];
  const piece = row === undefined ? undefined : layout.rows[row]?.pieces.find((candidate) => candidate.token === token);
  if (row === undefined || piece === undefined) return undefined;
  return { x: x(picture, piece) + (piece.width * cell.width) / 2, y: y(picture, row) + cell.height / 2 };
}

function paintOutlines(painter: Painter, picture: CodePicture, first: number, last: number): void {
  const { layout, selected, hovered, theme, cell, active } = picture;
  for (let row = first; row < last; row++) {
    for (const piece of layout.rows[row]?.pieces ?? []) {
      const isSelected = selected !== undefined && piece.token >= selected.from && piece.token < selected.to;
      if (!isSelected && piece.token !== hovered) continue;
      painter.strokeStyle = css(isSelected ? (active ? theme.focus : theme.foreground) : theme.muted);
      painter.lineWidth = isSelected ? 1.5 : 1;
      painter.strokeRect(
        x(picture, piece) + 0.5,
        y(picture, row) + 0.5,
        Math.max(3, piece.width * cell.width - 1),
        cell.height - 1,
      );
    }
  }
}

/** Where in the whole text the heat lies, and what part of it is on screen. */
function paintRuler(painter: Painter, picture: CodePicture): void {
  const { layout, cell, width, height, top, rulerWidth, theme, heat, direction, selected } = picture;
  const total = Math.max(height, layout.rows.length * cell.height);
  const left = width - rulerWidth;
  if (total > height) {
    painter.fillStyle = css(theme.foreground, 0.08);
    painter.fillRect(left, (top / total) * height, rulerWidth, (height / total) * height);
  }
  const scale = total > height ? height / layout.rows.length : cell.height;
  const thickness = Math.max(2, Math.min(scale, cell.height - 2));
  heat?.rows.forEach((strength, row) => {
    if (strength < 26) return;
    painter.fillStyle = css(
      direction === 'reads' || heat.signs !== undefined ? theme.reads : theme.readBy,
      strength / 255,
    );
    painter.fillRect(left + 3, row * scale, rulerWidth - 4, thickness);
  });
  const row = selected === undefined ? undefined : layout.rowOf[selected.from];
  if (row === undefined) return;
  painter.fillStyle = css(theme.foreground);
  painter.fillRect(left + 1, row * scale, rulerWidth - 2, 2);
}
