/**
 * Draws what lies over the matrix cells: axes, labels, causal mask, missing rows and the cross. Used by the matrix
 * view, which draws the cells themselves.
 */
import { t } from '../../shared/translate';
import type { Capture } from '../data';
import { css } from '../model/colour';
import type { Extent, Viewport } from '../model/viewport';
import { labelOf, lineOf } from '../sentences';
import { isSimilarity } from '../similarity';
import type { Theme } from '../theme';

/** Room for the axes, CSS pixels. */
export const axes = { left: 76, top: 58 };
const labelFrom = 10;
const minTickPixels = 22;
const labelHeight = 16;

/** All it takes to draw what lies over the cells: the axes, the mask and the cross. */
export interface MatrixPicture {
  readonly capture: Capture;
  readonly queries: number;
  readonly keys: number;
  readonly causal: boolean;
  readonly done: number;
  readonly theme: Theme;
  readonly viewport: Viewport;
  readonly extent: Extent;
  readonly cross: { readonly row: number; readonly column: number } | undefined;
  readonly active: boolean;
}

/** The axes, and what of the map is no weight. */
export function paintFrame(context: CanvasRenderingContext2D, picture: MatrixPicture): void {
  const { extent, theme, causal } = picture;
  context.save();
  clipToMap(context, picture);
  if (causal) paintMask(context, picture);
  paintMissing(context, picture);
  context.restore();
  context.strokeStyle = css(theme.border);
  context.lineWidth = 1;
  context.strokeRect(
    axes.left - 0.5,
    axes.top - 0.5,
    Math.min(extent.width, mapWidth(picture)) + 1,
    mapHeight(picture) + 1,
  );
  for (const label of axisLabels(picture, picture.queries, picture.viewport.y, extent.rows, extent.height))
    paintRowLabel(context, picture, label, false);
  for (const label of axisLabels(picture, picture.keys, picture.viewport.x, extent.columns, extent.width)) {
    // What leans over the edge is cut off.
    if (toX(picture, label.token) + picture.viewport.scale / 2 <= axes.left + extent.width - minTickPixels / 2)
      paintColumnLabel(context, picture, label, false);
  }
  context.font = theme.smallFont;
  context.fillStyle = css(theme.muted);
  context.textAlign = 'left';
  context.textBaseline = 'middle';
  context.fillText(isSimilarity(picture.capture) ? t('similarity') : t('reads →'), 4, axes.top - 8);
}

/** The cell pointed at, and its tokens on the axes. */
export function paintCross(context: CanvasRenderingContext2D, picture: MatrixPicture): void {
  const { cross, viewport, theme, extent, active, capture, queries, keys } = picture;
  if (cross === undefined) return;
  const thickness = Math.max(1, viewport.scale);
  const x = toX(picture, cross.column);
  const y = toY(picture, cross.row);
  context.save();
  clipToMap(context, picture);
  context.fillStyle = css(theme.foreground, 0.12);
  context.fillRect(axes.left, y, extent.width, thickness);
  context.fillRect(x, axes.top, thickness, extent.height);
  context.strokeStyle = css(active ? theme.focus : theme.foreground);
  context.lineWidth = 1.5;
  const side = Math.max(5, thickness);
  context.strokeRect(x + thickness / 2 - side / 2, y + thickness / 2 - side / 2, side, side);
  context.restore();
  const label = (sequence: number, token: number): Label => ({
    token,
    text: labelOf(capture, sequence, token, token + 1),
  });
  if (isSeen(cross.row, viewport.y, extent.height, viewport))
    paintRowLabel(context, picture, label(queries, cross.row), true);
  if (isSeen(cross.column, viewport.x, extent.width, viewport))
    paintColumnLabel(context, picture, label(keys, cross.column), true);
}

function clipToMap(context: CanvasRenderingContext2D, picture: MatrixPicture): void {
  context.beginPath();
  context.rect(axes.left, axes.top, mapWidth(picture), mapHeight(picture));
  context.clip();
}

const isSeen = (token: number, from: number, pixels: number, { scale }: Viewport): boolean =>
  token >= Math.floor(from) && token < from + pixels / scale;

/** Of the map as far as it is in the place, pixels. */
function mapWidth({ viewport, extent }: MatrixPicture): number {
  return Math.min(extent.width, (extent.columns - viewport.x) * viewport.scale);
}

function mapHeight({ viewport, extent }: MatrixPicture): number {
  return Math.min(extent.height, (extent.rows - viewport.y) * viewport.scale);
}

const toX = ({ viewport }: MatrixPicture, column: number): number => axes.left + (column - viewport.x) * viewport.scale;
const toY = ({ viewport }: MatrixPicture, row: number): number => axes.top + (row - viewport.y) * viewport.scale;

/** What a row cannot see, because it comes later: hatched, so that it is not taken for weights of 0. */
function paintMask(context: CanvasRenderingContext2D, picture: MatrixPicture): void {
  const { viewport, extent, theme } = picture;
  const first = Math.floor(viewport.y);
  const last = Math.min(extent.rows, Math.ceil(viewport.y + extent.height / viewport.scale));
  const right = axes.left + extent.width + 1;
  context.beginPath();
  if (viewport.scale >= 3) {
    context.moveTo(right, toY(picture, first));
    for (let row = first; row < last; row++) {
      context.lineTo(toX(picture, row + 1), toY(picture, row));
      context.lineTo(toX(picture, row + 1), toY(picture, row + 1));
    }
  } else {
    context.moveTo(right, toY(picture, first));
    context.lineTo(toX(picture, first), toY(picture, first));
    context.lineTo(toX(picture, last), toY(picture, last));
  }
  context.lineTo(right, toY(picture, last));
  context.closePath();
  context.fillStyle = hatching(context, theme);
  context.fill();
}

let hatch: { readonly key: string; readonly pattern: CanvasPattern | string } | undefined;

function hatching(context: CanvasRenderingContext2D, theme: Theme): CanvasPattern | string {
  const key = css(theme.muted) + css(theme.background);
  if (hatch?.key === key) return hatch.pattern;
  const tile = document.createElement('canvas');
  tile.width = tile.height = 6;
  const pen = tile.getContext('2d');
  if (pen !== null) {
    pen.strokeStyle = css(theme.muted, theme.highContrast ? 0.5 : 0.22);
    pen.beginPath();
    for (const offset of [-6, 0, 6]) {
      pen.moveTo(offset, 6);
      pen.lineTo(offset + 6, 0);
    }
    pen.stroke();
  }
  hatch = { key, pattern: context.createPattern(tile, 'repeat') ?? 'transparent' };
  return hatch.pattern;
}

/** Rows that are not captured yet. */
function paintMissing(context: CanvasRenderingContext2D, picture: MatrixPicture): void {
  const { done, extent, theme } = picture;
  if (done >= extent.rows) return;
  const y = Math.max(axes.top, toY(picture, done));
  context.fillStyle = css(theme.background, 0.7);
  context.fillRect(axes.left, y, extent.width, extent.height);
}

interface Label {
  readonly token: number;
  readonly text: string;
}

/** @param strong stands out, and covers what stands around it */
function paintRowLabel(
  context: CanvasRenderingContext2D,
  picture: MatrixPicture,
  { token, text }: Label,
  strong: boolean,
): void {
  const { theme, viewport } = picture;
  const y = toY(picture, token) + viewport.scale / 2;
  context.textAlign = 'right';
  context.textBaseline = 'middle';
  if (strong) {
    context.fillStyle = css(theme.background);
    context.fillRect(0, y - labelHeight / 2, axes.left - 1, labelHeight);
  }
  context.font = viewport.scale >= labelFrom || strong ? codeFont(theme) : theme.smallFont;
  context.fillStyle = css(strong ? theme.foreground : theme.muted);
  context.fillText(text, axes.left - 6, y, axes.left - 10);
}

function paintColumnLabel(
  context: CanvasRenderingContext2D,
  picture: MatrixPicture,
  { token, text }: Label,
  strong: boolean,
): void {
  const { theme, viewport } = picture;
  context.textAlign = 'left';
  context.textBaseline = 'middle';
  context.save();
  context.translate(toX(picture, token) + viewport.scale / 2, axes.top - 6);
  context.rotate(-Math.PI / 3);
  context.font = viewport.scale >= labelFrom || strong ? codeFont(theme) : theme.smallFont;
  if (strong) {
    context.fillStyle = css(theme.background);
    context.fillRect(-2, -labelHeight / 2, Math.min(axes.top, context.measureText(text).width) + 4, labelHeight);
  }
  context.fillStyle = css(strong ? theme.foreground : theme.muted);
  context.fillText(text, 0, 0, axes.top);
  context.restore();
}

function codeFont({ codeFont: font, codeSize }: Theme): string {
  return font.replace(`${codeSize}px`, `${Math.min(codeSize, 11)}px`);
}

/** Tokens where there is room for them, the numbers of lines elsewhere. */
function axisLabels(
  { capture, viewport }: MatrixPicture,
  sequence: number,
  from: number,
  tokens: number,
  pixels: number,
): Label[] {
  const first = Math.max(0, Math.floor(from));
  const last = Math.min(tokens, Math.ceil(from + pixels / viewport.scale));
  if (viewport.scale >= labelFrom)
    return Array.from({ length: last - first }, (_, i) => ({
      token: first + i,
      text: labelOf(capture, sequence, first + i, first + i + 1),
    }));
  const labels: Label[] = [];
  let previous = -Infinity;
  let line = first > 0 ? lineOf(capture, sequence, first - 1) : 0;
  for (let token = first; token < last; token++) {
    const own = lineOf(capture, sequence, token);
    const starts = own !== line && own > 0;
    line = own;
    if (!starts || (token - previous) * viewport.scale < minTickPixels) continue;
    previous = token;
    labels.push({ token, text: String(own) });
  }
  return labels;
}
