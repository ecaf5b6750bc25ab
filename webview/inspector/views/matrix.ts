/**
 * Matrix view of the inspector: one attention map as cells that can be zoomed, moved and compared. Created by
 * `app.ts`; tiles, painters and sentences are in modules beside it.
 */
import { element, icon } from '../../shared/dom';
import { t } from '../../shared/translate';
import { createPainter } from '../cells/createPainter';
import type { CellPainter } from '../cells/painter';
import type { PanelContext, View } from '../context';
import { button, icons } from '../controls';
import type { Capture, MapPlace } from '../data';
import { alignedMap, placeOf } from '../focus';
import { coarsestLevel, levelFor, robustMaximum, tileSide } from '../model/cells';
import type { Quad } from '../model/cells';
import { clampViewport, fitAll, reveal, zoomAt } from '../model/viewport';
import type { Extent, Viewport } from '../model/viewport';
import { rampsOf } from '../ramps';
import { isSimilarity } from '../similarity';
import { Surface } from '../surface';
import type { Theme } from '../theme';
import { axes, paintCross, paintFrame } from './matrixPainter';
import { quadOf, visibleTiles } from './matrixQuads';
import { cellSentence } from './matrixSentence';
import { Tiles, tileSlots } from './tiles';
import type { TileKey } from './tiles';

/** One head, or a summary of heads, as a matrix: rows read, columns are read. */
export class MatrixView implements View {
  readonly element: HTMLElement;
  readonly #board = element('div', {
    class: 'widget matrix',
    tabindex: 0,
    role: 'application',
    'aria-roledescription': t('Attention matrix'),
    'aria-describedby': 'help-matrix',
  });
  /** What is drawn anew only when another part of the map is seen, and on it what moves with every step. */
  readonly #frame = new Surface(() => this.#draw());
  readonly #overlay = new Surface(() => this.#draw());
  readonly #readout = element('p', { class: 'facts readout' });
  /** Why nothing is compared here. */
  readonly #alone = element(
    'p',
    { class: 'facts muted', hidden: true },
    t('Cells are not compared here: tokens of one text have other places in the other. The code compares them.'),
  );
  #painter: CellPainter | undefined;
  #tiles: { key: string; tiles: Tiles; scale: number; compares: boolean } | undefined;
  #viewport: Viewport = { x: 0, y: 0, scale: 0 };
  #cross: { row: number; column: number } | undefined;
  #dragging: { x: number; y: number; moved: boolean } | undefined;
  #sinks = '';
  #shownCapture = 0;
  #size = { width: 0, height: 0 };
  /** Raised with all that changes the cells but their place. */
  #uploads = 0;
  #drawn: { readonly frame: string; readonly cells: string; readonly theme: Theme } | undefined;
  #spoken = 0;

  constructor(private readonly context: PanelContext) {
    this.#frame.canvas.classList.add('overlay');
    this.#overlay.canvas.classList.add('overlay');
    const zoom = element(
      'div',
      { class: 'zoom' },
      button(t('Zoom in'), 'icon', () => this.#zoom(1.5), icon(icons.plus)),
      button(t('Zoom out'), 'icon', () => this.#zoom(1 / 1.5), icon(icons.minus)),
      button(t('Show everything'), 'icon', () => this.#zoom(0), icon(icons.fit)),
    );
    this.element = element(
      'div',
      { class: 'matrix-view' },
      this.#alone,
      this.#board,
      element('div', { class: 'below' }, this.#readout, zoom),
    );
    this.#board.append(this.#frame.canvas, this.#overlay.canvas);
    this.#board.addEventListener('wheel', (event) => this.#wheel(event), { passive: false });
    this.#board.addEventListener('pointerdown', (event) => this.#grab(event));
    this.#board.addEventListener('pointermove', (event) => this.#point(event));
    this.#board.addEventListener('pointerup', (event) => this.#release(event));
    this.#board.addEventListener('dblclick', (event) => this.#zoomTo(event));
    this.#board.addEventListener('keydown', (event) => this.#key(event));
    this.#board.addEventListener('focus', () => this.#overlay.request());
    this.#board.addEventListener('blur', () => this.#overlay.request());
    context.store.subscribe((state, before) => {
      if (state.focus !== before.focus) this.#follow();
    });
    new ResizeObserver(() => this.refresh()).observe(this.#board);
  }

  refresh(): void {
    const capture = this.context.main();
    if (capture === undefined || this.context.store.state.view !== 'matrix') return;
    this.#board.setAttribute(
      'aria-roledescription',
      isSimilarity(capture) ? t('Similarity matrix') : t('Attention matrix'),
    );
    this.#size = { width: this.#board.clientWidth, height: this.#board.clientHeight };
    if (this.#size.width === 0) return;
    for (const surface of [this.#frame, this.#overlay]) surface.resize(this.#size.width, this.#size.height);
    this.#drawn = undefined;
    this.#openTiles(capture);
    this.#alone.hidden = this.context.store.state.against === null || this.#tiles?.compares === true;
    void this.#loadSinks(capture);
    this.#viewport =
      this.#viewport.scale === 0 ? fitAll(this.#extent(capture)) : clampViewport(this.#viewport, this.#extent(capture));
    this.#overlay.request();
  }

  /** What is on screen: the canvases in the order they lie on each other. */
  layers(): HTMLCanvasElement[] {
    this.#draw();
    return [...(this.#painter ? [this.#painter.canvas] : []), this.#frame.canvas, this.#overlay.canvas];
  }

  #stack(capture: Capture): { queries: number; keys: number; causal: boolean; heads: number } {
    return capture.shown.stacks[this.context.store.state.stack] ?? { queries: 0, keys: 0, causal: false, heads: 1 };
  }

  #extent(capture: Capture): Extent {
    const { queries, keys } = this.#stack(capture);
    return {
      rows: capture.tokens(queries),
      columns: capture.tokens(keys),
      width: Math.max(1, this.#size.width - axes.left - 2),
      height: Math.max(1, this.#size.height - axes.top - 2),
    };
  }

  #openTiles(capture: Capture): void {
    const place = placeOf(this.context.store.state);
    const { withoutSink } = this.context.store.state;
    const other = this.#against(capture);
    const key = JSON.stringify([
      capture.id,
      capture.version,
      place,
      other?.capture.id,
      other?.capture.version,
      other?.place,
    ]);
    if (this.#tiles?.key === key) return;
    const before = this.#tiles;
    before?.tiles.end();
    if (this.#shownCapture !== capture.id) this.#viewport = { x: 0, y: 0, scale: 0 };
    this.#shownCapture = capture.id;
    const painter = this.#painterFor();
    const tiles = new Tiles(
      capture,
      place,
      other,
      ({ slot, width, height, cells }) => {
        painter.upload(slot, width, height, cells);
        this.#uploads++;
        if (this.#tiles?.tiles === tiles && this.#tiles.scale === 0 && other === undefined)
          this.#tiles.scale = robustMaximum(cells, width, withoutSink);
        this.#overlay.request();
      },
      (error) => {
        if (capture.complete) this.context.fail(error);
      },
    );
    this.#tiles = { key, tiles, scale: 0, compares: other !== undefined };
  }

  /** What the cells are compared with; nothing where the other capture has its tokens elsewhere. */
  #against(capture: Capture): { capture: Capture; place: MapPlace } | undefined {
    const { state } = this.context.store;
    if (state.against === null) return undefined;
    if (state.against !== 'other')
      return { capture, place: { stack: state.stack, layer: state.against.layer, heads: state.against.head } };
    const other = this.context.other();
    const place = other && alignedMap(capture, other, state);
    return other && place && { capture: other, place };
  }

  /** The weight of each row's first token, by which the rest is scaled up where the sink is left out. */
  async #loadSinks(capture: Capture): Promise<void> {
    const place = placeOf(this.context.store.state);
    const key = JSON.stringify([capture.id, capture.version, place]);
    if (this.#sinks === key) return;
    this.#sinks = key;
    try {
      const { data } = await capture.tile(place, 0, 'max', {
        x: 0,
        y: 0,
        width: 1,
        height: this.#extent(capture).rows,
      });
      if (this.#sinks === key) this.#painterFor().setSinks(data);
      this.#uploads++;
      this.#overlay.request();
    } catch {
      // The tiles are not there either, and say why.
      if (this.#sinks === key) this.#sinks = '';
    }
  }

  #painterFor(): CellPainter {
    this.#painter ??= createPainter(tileSide, tileSlots, () => {
      this.#painter = undefined;
      this.#tiles?.tiles.end();
      this.#tiles = undefined;
      this.#sinks = '';
      this.refresh();
    });
    if (this.#painter.canvas.parentElement === null) {
      this.#painter.canvas.setAttribute('aria-hidden', 'true');
      this.#painter.canvas.classList.add('cells');
      this.#painter.canvas.style.left = `${axes.left}px`;
      this.#painter.canvas.style.top = `${axes.top}px`;
      this.#board.replaceChildren(this.#painter.canvas, this.#frame.canvas, this.#overlay.canvas);
      this.#drawn = undefined;
    }
    return this.#painter;
  }

  #draw(): void {
    const capture = this.context.main();
    if (capture === undefined || this.#tiles === undefined || this.#painter === undefined || this.#size.width === 0)
      return;
    const extent = this.#extent(capture);
    const theme = this.context.theme();
    const { state } = this.context.store;
    if (state.view !== 'matrix') return;
    const picture = {
      capture,
      ...this.#stack(capture),
      done: capture.done[state.stack] ?? 0,
      theme,
      viewport: this.#viewport,
      extent,
      cross: this.#cross,
      active: document.activeElement === this.#board,
    };
    const frame = JSON.stringify([this.#tiles.key, picture.done, this.#viewport, extent, this.#overlay.scale]);
    const cells = JSON.stringify([
      frame,
      this.#uploads,
      state.threshold,
      state.gamma,
      state.withoutSink,
      state.against,
      this.#tiles.scale,
    ]);
    const same = this.#drawn?.theme === theme;
    if (!same || this.#drawn?.cells !== cells) this.#paintCells(this.#painter, extent, theme);
    if (!same || this.#drawn?.frame !== frame) paintFrame(this.#frame.begin(), picture);
    this.#drawn = { frame, cells, theme };
    paintCross(this.#overlay.begin(), picture);
    this.#showReadout(capture);
  }

  #paintCells(painter: CellPainter, extent: Extent, theme: Theme): void {
    const { threshold, gamma, withoutSink } = this.context.store.state;
    painter.resize(extent.width, extent.height, this.#overlay.scale);
    const diverging = isSimilarity(this.context.main()) || this.#tiles?.compares === true;
    const ramps = rampsOf(theme);
    painter.paint(this.#quads(extent), diverging ? ramps.difference : ramps.heat, {
      threshold,
      gamma,
      withoutSink,
      diverging,
    });
  }

  /** The tiles on screen; where one is not there yet, the whole map's coarsest one is drawn below. */
  #quads(extent: Extent): Quad[] {
    const { tiles, scale } = this.#tiles ?? { tiles: undefined, scale: 0 };
    if (tiles === undefined) return [];
    const coarsest = coarsestLevel(Math.max(extent.rows, extent.columns));
    const level = levelFor(this.#viewport.scale * this.#overlay.scale, coarsest);
    const visible = level === coarsest ? [] : visibleTiles(this.#viewport, extent, level);
    const base: TileKey = { level: coarsest, x: 0, y: 0 };
    const wanted = [base, ...visible];
    tiles.want(wanted);
    const missing = wanted.filter((key) => tiles.get(key) === undefined);
    this.#board.ariaBusy = String(missing.length > 0);
    const drawn = visible.length > 0 && missing.every((key) => key === base) ? visible : wanted;
    return drawn.flatMap((key) => quadOf(tiles.get(key), key, this.#viewport, extent, scale || 1));
  }

  #cellUnder(event: MouseEvent): { row: number; column: number } | undefined {
    const capture = this.context.main();
    if (capture === undefined) return undefined;
    const box = this.#board.getBoundingClientRect();
    const column = Math.floor(this.#viewport.x + (event.clientX - box.left - axes.left) / this.#viewport.scale);
    const row = Math.floor(this.#viewport.y + (event.clientY - box.top - axes.top) / this.#viewport.scale);
    const { rows, columns } = this.#extent(capture);
    return row >= 0 && row < rows && column >= 0 && column < columns ? { row, column } : undefined;
  }

  #wheel(event: WheelEvent): void {
    const capture = this.context.main();
    if (capture === undefined) return;
    event.preventDefault();
    const box = this.#board.getBoundingClientRect();
    const extent = this.#extent(capture);
    if (event.shiftKey) this.#move(event.deltaY, event.deltaX);
    else
      this.#viewport = zoomAt(
        this.#viewport,
        extent,
        1.0015 ** -event.deltaY,
        event.clientX - box.left - axes.left,
        event.clientY - box.top - axes.top,
      );
    this.#overlay.request();
  }

  #move(pixelsX: number, pixelsY: number): void {
    const capture = this.context.main();
    if (capture === undefined) return;
    const { x, y, scale } = this.#viewport;
    this.#viewport = clampViewport({ x: x + pixelsX / scale, y: y + pixelsY / scale, scale }, this.#extent(capture));
    this.#overlay.request();
  }

  #grab(event: PointerEvent): void {
    this.#dragging = { x: event.clientX, y: event.clientY, moved: false };
    this.#board.setPointerCapture(event.pointerId);
  }

  #point(event: PointerEvent): void {
    if (this.#dragging === undefined) {
      const cell = this.#cellUnder(event);
      if (cell !== undefined) this.#pointAt(cell);
      return;
    }
    const { x, y, moved } = this.#dragging;
    if (!moved && Math.hypot(event.clientX - x, event.clientY - y) < 3) return;
    this.#move(x - event.clientX, y - event.clientY);
    this.#dragging = { x: event.clientX, y: event.clientY, moved: true };
  }

  #release(event: PointerEvent): void {
    const cell = this.#cellUnder(event);
    if (this.#dragging?.moved === false && cell !== undefined) this.#pointAt(cell);
    this.#dragging = undefined;
  }

  #zoomTo(event: MouseEvent): void {
    const capture = this.context.main();
    if (capture === undefined) return;
    const box = this.#board.getBoundingClientRect();
    this.#viewport = zoomAt(
      this.#viewport,
      this.#extent(capture),
      14 / this.#viewport.scale,
      event.clientX - box.left - axes.left,
      event.clientY - box.top - axes.top,
    );
    this.#overlay.request();
  }

  /** @param factor 0: back to everything */
  #zoom(factor: number): void {
    const capture = this.context.main();
    if (capture === undefined) return;
    const extent = this.#extent(capture);
    const { row, column } = this.#cross ?? {
      row: this.#viewport.y + extent.height / 2 / this.#viewport.scale,
      column: this.#viewport.x + extent.width / 2 / this.#viewport.scale,
    };
    const { x, y, scale } = this.#viewport;
    this.#viewport =
      factor === 0
        ? fitAll(extent)
        : zoomAt(this.#viewport, extent, factor, (column + 0.5 - x) * scale, (row + 0.5 - y) * scale);
    this.#overlay.request();
  }

  #pointAt(cell: { row: number; column: number }): void {
    if (cell.row === this.#cross?.row && cell.column === this.#cross.column) return;
    this.#cross = cell;
    this.context.store.update({ focus: this.context.store.state.direction === 'reads' ? cell.row : cell.column });
    this.#overlay.request();
  }

  /** Something was pointed at elsewhere. */
  #follow(): void {
    const { focus, direction } = this.context.store.state;
    const capture = this.context.main();
    if (focus === null || capture === undefined) return;
    const { queries, keys } = this.#stack(capture);
    // Rows and columns of two texts have nothing to do with each other's places.
    const other = queries === keys ? focus : 0;
    const { row = direction === 'reads' ? focus : other, column = direction === 'reads' ? other : focus } =
      this.#cross ?? {};
    if ((direction === 'reads' ? row : column) === focus && this.#cross !== undefined) return;
    const within =
      queries === keys
        ? (least: number, most: number) => ({ row: Math.max(row, least), column: Math.min(column, most) })
        : () => ({ row, column });
    this.#cross =
      direction === 'reads' ? { ...within(0, focus), row: focus } : { ...within(focus, column), column: focus };
    if (this.#viewport.scale > 0)
      this.#viewport = reveal(this.#viewport, this.#extent(capture), this.#cross.row, this.#cross.column);
    this.#overlay.request();
  }

  #key(event: KeyboardEvent): void {
    const capture = this.context.main();
    if (capture === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    const extent = this.#extent(capture);
    const { row, column } = this.#cross ?? { row: 0, column: 0 };
    const far = event.shiftKey ? 10 : 1;
    const moves: Record<string, { row: number; column: number }> = {
      ArrowRight: { row, column: Math.min(extent.columns - 1, column + far) },
      ArrowLeft: { row, column: Math.max(0, column - far) },
      ArrowDown: { row: Math.min(extent.rows - 1, row + far), column },
      ArrowUp: { row: Math.max(0, row - far), column },
      Home: { row, column: 0 },
      End: { row, column: extent.columns - 1 },
    };
    const move = moves[event.key];
    if (move !== undefined) {
      this.#pointAt(move);
      this.#viewport = reveal(this.#viewport, extent, move.row, move.column);
      clearTimeout(this.#spoken);
      this.#spoken = window.setTimeout(() => this.context.announce(this.#readout.textContent), 200);
    } else if (event.key === '+') this.#zoom(1.5);
    else if (event.key === '-') this.#zoom(1 / 1.5);
    else if (event.key === '0') this.#zoom(0);
    else if (event.key === 'Enter') this.context.store.update({ view: 'code' });
    else return;
    event.preventDefault();
    this.#overlay.request();
  }

  #showReadout(capture: Capture): void {
    const text =
      this.#cross === undefined
        ? isSimilarity(capture)
          ? t('Rows are the question, columns the code. Scroll to zoom, drag to move.')
          : t('Rows read, columns are read. Scroll to zoom, drag to move.')
        : cellSentence(capture, this.#stack(capture), this.#cross, this.#tiles);
    if (this.#readout.textContent !== text) this.#readout.textContent = text;
  }
}
