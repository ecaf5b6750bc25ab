/**
 * Draws what lies on the thumbnails of the grid of heads: the numbers of layers and heads, frames, and what a head does.
 * Used by the view of heads; it finds nothing out.
 */
import type { HeadRole } from '../../../src/features/inspector/messages';
import { t } from '../../shared/translate';
import { css } from '../model/colour';
import { cellPlace, visibleCells } from '../model/grid';
import type { Grid, GridWindow, HeadCell } from '../model/grid';
import { shortRole } from '../model/roles';
import type { RoleOfHead } from '../model/roles';
import type { Theme } from '../theme';

export interface GridPicture {
  readonly grid: Grid;
  readonly window: GridWindow;
  readonly theme: Theme;
  /** The only role that is looked for; null: all. */
  readonly role: HeadRole | null;
  readonly rolesOf: (index: number) => readonly RoleOfHead[];
  /** Where the keyboard is; undefined where it is elsewhere on the page. */
  readonly current: HeadCell | undefined;
  readonly isShown: (cell: HeadCell) => boolean;
}

/** Sides from which on a thumbnail has room for a role. */
const namedFrom = 52;

/** @param context with the window's corner as its origin */
export function paintGrid(context: CanvasRenderingContext2D, picture: GridPicture): void {
  const { grid, window, theme } = picture;
  context.font = theme.smallFont;
  context.textBaseline = 'middle';
  paintNumbers(context, picture);
  context.save();
  context.beginPath();
  context.rect(grid.left - 1, grid.top - 1, window.width - grid.left + 1, window.height - grid.top + 1);
  context.clip();
  for (const cell of visibleCells(grid, window)) paintCell(context, picture, cell);
  context.restore();
}

/** They stay at the edges of the window. */
function paintNumbers(context: CanvasRenderingContext2D, { grid, window, theme }: GridPicture): void {
  const every = Math.ceil(14 / (grid.side + grid.gap));
  const numbered = (count: number): number[] => Array.from({ length: Math.ceil(count / every) }, (_, at) => at * every);
  const number = (text: number, x: number, y: number, align: CanvasTextAlign): void => {
    context.textAlign = align;
    context.fillText(String(text), x, y);
  };
  context.fillStyle = css(theme.muted);
  for (const layer of numbered(grid.layers)) {
    const y = cellPlace(grid, { layer, head: 0 }).y - window.y + grid.side / 2;
    if (y >= grid.top && y <= window.height) number(layer + 1, grid.left - 6, y, 'right');
  }
  for (const head of numbered(grid.heads)) {
    const x = cellPlace(grid, { layer: 0, head }).x - window.x + grid.side / 2;
    if (x >= grid.left && x <= window.width) number(head + 1, x, grid.top / 2, 'center');
  }
}

function paintCell(
  context: CanvasRenderingContext2D,
  { grid, window, theme, role, rolesOf, current, isShown }: GridPicture,
  cell: HeadCell & { index: number },
): void {
  const place = cellPlace(grid, cell);
  const [x, y] = [place.x - window.x, place.y - window.y];
  const own = rolesOf(cell.index);
  const dim = role !== null && !own.some((candidate) => candidate.role === role);
  if (dim) {
    context.fillStyle = css(theme.background, 0.8);
    context.fillRect(x, y, grid.side, grid.side);
  }
  const isCurrent = cell.layer === current?.layer && cell.head === current.head;
  const stands = isCurrent || isShown(cell);
  context.strokeStyle = css(
    isCurrent ? theme.focus : stands ? theme.foreground : theme.border,
    stands || theme.highContrast ? 1 : 0.6,
  );
  context.lineWidth = stands ? 2 : 1;
  context.strokeRect(x + 0.5, y + 0.5, grid.side - 1, grid.side - 1);
  const best = own.find((candidate) => role === null || candidate.role === role);
  if (best === undefined || grid.side < namedFrom || dim) return;
  const label = shortRole(best.role, t);
  const width = Math.min(grid.side - 4, context.measureText(label).width + 8);
  context.fillStyle = css(theme.background, 0.85);
  context.fillRect(x + grid.side - width - 2, y + 2, width, 15);
  context.fillStyle = css(theme.foreground);
  context.textAlign = 'center';
  context.fillText(label, x + grid.side - width / 2 - 2, y + 10, width - 4);
}
