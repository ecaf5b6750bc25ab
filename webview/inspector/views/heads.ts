/**
 * Heads view of the inspector: a scrollable grid of thumbnails for all layers and heads, with roles and a table.
 * Created by `app.ts`; draws only visible thumbnails.
 */
import type { HeadRole, HeadScores, Thumbnails } from '../../../src/features/inspector/messages';
import { element } from '../../shared/dom';
import { t } from '../../shared/translate';
import { createPainter } from '../cells/createPainter';
import type { CellPainter } from '../cells/painter';
import type { PanelContext, View } from '../context';
import { choice } from '../controls';
import type { Capture } from '../data';
import { robustMaximum } from '../model/cells';
import type { Quad } from '../model/cells';
import { cellAt, cellPlace, gridFor, revealed, thumbnailCells, visibleCells } from '../model/grid';
import type { Grid, GridWindow, HeadCell } from '../model/grid';
import { nameOfRole, rolesOf } from '../model/roles';
import { roles } from '../model/state';
import { rampsOf } from '../ramps';
import { number, percent } from '../sentences';
import { Surface } from '../surface';
import { paintGrid } from './headsPainter';

const maxThumbnailPixels = 64;

/**
 * Every head of every layer as a picture, with what it does where that is known. The grid is scrolled within its board,
 * and what is on screen alone is drawn: a model may have hundreds of heads.
 */
export class HeadsView implements View {
  readonly element: HTMLElement;
  readonly #board = element('div', {
    class: 'widget heads',
    tabindex: 0,
    role: 'application',
    'aria-roledescription': t('Grid of heads'),
    'aria-describedby': 'help-heads',
  });
  /** As large as the grid; the window stays in sight while it is scrolled. */
  readonly #sheet = element('div', { class: 'sheet' });
  readonly #window = element('div', { class: 'window' });
  readonly #overlay = new Surface(() => this.#draw());
  readonly #facts = element('p', { class: 'facts' });
  readonly #role = choice<HeadRole | 'all'>(t('Role'), (role) =>
    this.context.store.update({ role: role === 'all' ? null : role }),
  );
  readonly #table = element('details', { class: 'box' }, element('summary', {}, t('All heads as a table')));
  #painter: CellPainter | undefined;
  #loaded: { key: string; thumbnails: Thumbnails; scales: Float32Array } | undefined;
  #scores: { key: string; scores: HeadScores } | undefined;
  #loading = '';
  #current = { layer: 0, head: 0 };

  constructor(private readonly context: PanelContext) {
    this.#overlay.canvas.classList.add('overlay');
    this.#sheet.append(this.#window);
    this.#board.append(this.#sheet);
    this.#board.addEventListener('scroll', () => this.#overlay.request());
    this.element = element(
      'div',
      { class: 'heads-view' },
      element('div', { class: 'choices' }, this.#role.element),
      this.#board,
      this.#facts,
      this.#table,
    );
    this.#board.addEventListener('pointermove', (event) => this.#point(event));
    this.#board.addEventListener('click', (event) => this.#point(event));
    this.#board.addEventListener('dblclick', () => this.#open());
    this.#board.addEventListener('keydown', (event) => this.#key(event));
    this.#board.addEventListener('focus', () => this.#select(this.#current));
    this.#board.addEventListener('blur', () => this.#overlay.request());
    this.#table.addEventListener('toggle', () => this.#fillTable());
    const sizes = new ResizeObserver(() => this.refresh());
    for (const observed of [this.element, this.#board]) sizes.observe(observed);
  }

  refresh(): void {
    const capture = this.context.main();
    if (capture === undefined || this.element.clientWidth === 0) return;
    this.#role.show(
      [{ value: 'all', label: t('All roles') }, ...roles.map((role) => ({ value: role, label: nameOfRole(role, t) }))],
      this.context.store.state.role ?? 'all',
    );
    const { width, height } = this.#grid(capture);
    this.#sheet.style.width = `${width}px`;
    this.#sheet.style.height = `${height}px`;
    this.#board.style.maxHeight = `${height + 2}px`;
    void this.#load(capture);
    this.#describe();
    this.#overlay.request();
  }

  /** The whole grid: the canvases in the order they lie on each other, until the next frame. */
  layers(): HTMLCanvasElement[] {
    const capture = this.context.main();
    if (capture !== undefined) {
      const { width, height } = this.#grid(capture);
      this.#draw({ x: 0, y: 0, width, height });
    }
    this.#overlay.request();
    return [...(this.#painter ? [this.#painter.canvas] : []), this.#overlay.canvas];
  }

  #grid(capture: Capture): Grid {
    const { layers, heads } = this.#bounds(capture);
    return gridFor(layers, heads, this.#board.clientWidth);
  }

  #onScreen(grid: Grid): GridWindow {
    const { scrollLeft, scrollTop, clientWidth, clientHeight } = this.#board;
    return {
      x: scrollLeft,
      y: scrollTop,
      width: Math.min(clientWidth, grid.width),
      height: Math.min(clientHeight, grid.height),
    };
  }

  #bounds(capture: Capture): { layers: number; heads: number } {
    return capture.shown.stacks[this.context.store.state.stack] ?? { layers: 0, heads: 0 };
  }

  async #load(capture: Capture): Promise<void> {
    const { stack } = this.context.store.state;
    const size = thumbnailCells(this.#grid(capture).side * this.#overlay.scale);
    const key = `${capture.id} ${stack} ${capture.version} ${size}`;
    if (this.#loading === key) return;
    this.#loading = key;
    try {
      const thumbnails = await capture.thumbnails(stack, size);
      if (this.#loading !== key) return;
      this.#take(capture, key, thumbnails);
      if (capture.complete) {
        const scores = await capture.headScores(stack);
        if (this.#loading === key) this.#scores = { key, scores };
        this.#fillTable();
      }
      this.#describe();
    } catch (error) {
      if (this.#loading === key && capture.complete) this.context.fail(error);
    }
    this.#overlay.request();
  }

  #take(capture: Capture, key: string, thumbnails: Thumbnails): void {
    const { layers, heads } = this.#bounds(capture);
    const size = thumbnails.width * thumbnails.height;
    const scales = new Float32Array(layers * heads);
    const painter = this.#painterFor(layers * heads);
    for (let head = 0; head < scales.length; head++) {
      const cells = thumbnails.data.slice(head * size, (head + 1) * size);
      scales[head] = robustMaximum(cells, thumbnails.width, true);
      painter.upload(head, thumbnails.width, thumbnails.height, cells);
    }
    this.#loaded = { key, thumbnails, scales };
    this.#overlay.request();
  }

  #painterFor(slots: number): CellPainter {
    if (this.#painter !== undefined && Number(this.#painter.canvas.dataset.slots) >= slots) return this.#painter;
    this.#painter = createPainter(maxThumbnailPixels, slots, () => {
      this.#painter = undefined;
      this.#loading = '';
      this.refresh();
    });
    this.#painter.canvas.dataset.slots = String(slots);
    this.#painter.canvas.setAttribute('aria-hidden', 'true');
    this.#window.replaceChildren(this.#painter.canvas, this.#overlay.canvas);
    return this.#painter;
  }

  #draw(window?: GridWindow): void {
    const capture = this.context.main();
    const painter = this.#painter;
    const loaded = this.#loaded;
    if (capture === undefined || painter === undefined || loaded === undefined) return;
    const grid = this.#grid(capture);
    const shown = window ?? this.#onScreen(grid);
    this.#overlay.resize(shown.width, shown.height);
    this.#paintCells(painter, grid, shown, loaded);
    const { role, layer: shownLayer, heads: shownHead } = this.context.store.state;
    paintGrid(this.#overlay.begin(), {
      grid,
      window: shown,
      theme: this.context.theme(),
      role,
      rolesOf: (index) => (this.#scores === undefined ? [] : rolesOf(this.#scores.scores, index)),
      current: document.activeElement === this.#board ? this.#current : undefined,
      isShown: ({ layer, head }) => layer === shownLayer && head === shownHead,
    });
  }

  /** Right of the numbers of layers, and below those of heads. */
  #paintCells(
    painter: CellPainter,
    grid: Grid,
    window: GridWindow,
    { thumbnails: { width, height, level }, scales }: { thumbnails: Thumbnails; scales: Float32Array },
  ): void {
    const { gamma, threshold } = this.context.store.state;
    painter.canvas.style.left = `${grid.left}px`;
    painter.canvas.style.top = `${grid.top}px`;
    painter.resize(Math.max(1, window.width - grid.left), Math.max(1, window.height - grid.top), this.#overlay.scale);
    const quads = visibleCells(grid, window).map(({ layer, head, index }): Quad => {
      const { x, y } = cellPlace(grid, { layer, head });
      return {
        slot: index,
        x: x - grid.left - window.x,
        y: y - grid.top - window.y,
        width: grid.side,
        height: grid.side,
        fromX: 0,
        fromY: 0,
        cellsX: width,
        cellsY: height,
        scale: scales[index] ?? 1,
        row: 0,
        // The first column of a thumbnail may hold more than the sink, so that it is drawn, and drawn as it is.
        column: 1,
        step: 2 ** level,
      };
    });
    painter.paint(quads, rampsOf(this.context.theme()).heat, {
      threshold,
      gamma,
      withoutSink: false,
      diverging: false,
    });
  }

  #all(capture: Capture): { layer: number; head: number; index: number }[] {
    const { layers, heads } = this.#bounds(capture);
    return Array.from({ length: layers * heads }, (_, index) => ({
      layer: Math.floor(index / heads),
      head: index % heads,
      index,
    }));
  }

  #point(event: MouseEvent): void {
    const capture = this.context.main();
    if (capture === undefined) return;
    const grid = this.#grid(capture);
    const box = this.#overlay.canvas.getBoundingClientRect();
    const [x, y] = [event.clientX - box.left, event.clientY - box.top];
    const { scrollLeft, scrollTop } = this.#board;
    const place = x < grid.left || y < grid.top ? undefined : cellAt(grid, x + scrollLeft, y + scrollTop);
    if (place === undefined) return;
    if (event.type === 'click') this.context.store.update({ layer: place.layer, heads: place.head });
    if (place.layer !== this.#current.layer || place.head !== this.#current.head || event.type === 'click')
      this.#select(place);
  }

  #goTo(capture: Capture, place: HeadCell): void {
    // Its sentence may take another line, and leave less room for the board.
    this.#select(place);
    const grid = this.#grid(capture);
    const { x, y } = revealed(grid, this.#onScreen(grid), place);
    this.#board.scrollTo({ left: x, top: y, behavior: 'instant' });
  }

  #select(place: HeadCell): void {
    this.#current = place;
    this.#describe();
    this.context.announce(this.#facts.textContent);
    this.#overlay.request();
  }

  #open(): void {
    this.context.store.update({ layer: this.#current.layer, heads: this.#current.head, view: 'matrix' });
  }

  #key(event: KeyboardEvent): void {
    const capture = this.context.main();
    if (capture === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    const { layers, heads } = this.#bounds(capture);
    const { layer, head } = this.#current;
    const moves: Record<string, HeadCell> = {
      ArrowRight: { layer, head: Math.min(heads - 1, head + 1) },
      ArrowLeft: { layer, head: Math.max(0, head - 1) },
      ArrowDown: { layer: Math.min(layers - 1, layer + 1), head },
      ArrowUp: { layer: Math.max(0, layer - 1), head },
      Home: { layer: 0, head: 0 },
      End: { layer: layers - 1, head: heads - 1 },
    };
    const move = moves[event.key];
    if (event.key === 'Enter') this.#open();
    else if (event.key === ' ') this.context.store.update({ layer, heads: head });
    else if (move !== undefined) this.#goTo(capture, move);
    else return;
    event.preventDefault();
  }

  #describe(): void {
    const capture = this.context.main();
    if (capture !== undefined)
      this.#facts.textContent = this.#sentence(capture, this.#current.layer, this.#current.head);
  }

  #sentence(capture: Capture, layer: number, head: number): string {
    const index = layer * this.#bounds(capture).heads + head;
    const name = t('Layer {0}, head {1}', layer + 1, head + 1);
    if (this.#scores === undefined) return name;
    const { sink, entropy, effectiveContext } = this.#scores.scores;
    const found = rolesOf(this.#scores.scores, index).map(({ role, score, lift }) =>
      t('{0} ({1}, {2} times what chance gives)', nameOfRole(role, t), percent(score), number(lift)),
    );
    const facts = [
      t('sink {0}', percent(sink[index] ?? 0)),
      t('reads about {0} tokens', number(effectiveContext[index] ?? 0)),
      t('entropy {0} bits', number(entropy[index] ?? 0)),
    ];
    return `${name}: ${[...found, ...facts].join(' · ')}`;
  }

  #fillTable(): void {
    const capture = this.context.main();
    const scores = this.#scores?.scores;
    if (!this.#table.open || capture === undefined || scores === undefined) return;
    const head = [t('Layer'), t('Head'), t('Role'), t('Lift'), t('Sink'), t('Tokens')].map((text) =>
      element('th', { scope: 'col' }, text),
    );
    const rows = this.#all(capture).map(({ layer, head: own, index }) => {
      const [best] = rolesOf(scores, index);
      const cells = [
        layer + 1,
        own + 1,
        best ? nameOfRole(best.role, t) : '–',
        best ? number(best.lift) : '',
        percent(scores.sink[index] ?? 0),
        number(scores.effectiveContext[index] ?? 0),
      ];
      return element('tr', {}, ...cells.map((text) => element('td', {}, String(text))));
    });
    this.#table.replaceChildren(
      this.#table.firstElementChild ?? '',
      element(
        'table',
        { class: 'table' },
        element('thead', {}, element('tr', {}, ...head)),
        element('tbody', {}, ...rows),
      ),
    );
  }
}
