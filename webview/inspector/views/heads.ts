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
import { css } from '../model/colour';
import { cellAt, cellPlace, gridFor } from '../model/grid';
import type { Grid } from '../model/grid';
import { nameOfRole, rolesOf, shortRole } from '../model/roles';
import { roles } from '../model/state';
import { rampsOf } from '../ramps';
import { number, percent } from '../sentences';
import { Surface } from '../surface';

const thumbnailSide = 64;

/** Every head of every layer as a picture, with what it does where that is known. */
export class HeadsView implements View {
  readonly element: HTMLElement;
  readonly #board = element('div', {
    class: 'widget heads',
    tabindex: 0,
    role: 'application',
    'aria-roledescription': t('Grid of heads'),
    'aria-describedby': 'help-heads',
  });
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
    new ResizeObserver(() => this.refresh()).observe(this.element);
  }

  refresh(): void {
    const capture = this.context.main();
    if (capture === undefined || this.element.clientWidth === 0) return;
    this.#role.show(
      [{ value: 'all', label: t('All roles') }, ...roles.map((role) => ({ value: role, label: nameOfRole(role, t) }))],
      this.context.store.state.role ?? 'all',
    );
    void this.#load(capture);
    this.#describe();
    this.#overlay.request();
  }

  /** What is on screen: the canvases in the order they lie on each other. */
  layers(): HTMLCanvasElement[] {
    this.#draw();
    return [...(this.#painter ? [this.#painter.canvas] : []), this.#overlay.canvas];
  }

  #grid(capture: Capture): Grid {
    const { layers, heads } = this.#bounds(capture);
    return gridFor(layers, heads, this.element.clientWidth - 16);
  }

  #bounds(capture: Capture): { layers: number; heads: number } {
    return capture.shown.stacks[this.context.store.state.stack] ?? { layers: 0, heads: 0 };
  }

  async #load(capture: Capture): Promise<void> {
    const { stack } = this.context.store.state;
    const key = `${capture.id} ${stack} ${capture.version}`;
    if (this.#loading === key) return;
    this.#loading = key;
    try {
      const thumbnails = await capture.thumbnails(stack, thumbnailSide);
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
    this.#painter = createPainter(thumbnailSide, slots, () => {
      this.#painter = undefined;
      this.#loading = '';
      this.refresh();
    });
    this.#painter.canvas.dataset.slots = String(slots);
    this.#painter.canvas.setAttribute('aria-hidden', 'true');
    this.#board.replaceChildren(this.#painter.canvas, this.#overlay.canvas);
    return this.#painter;
  }

  #draw(): void {
    const capture = this.context.main();
    const painter = this.#painter;
    const loaded = this.#loaded;
    if (capture === undefined || painter === undefined || loaded === undefined) return;
    const grid = this.#grid(capture);
    const theme = this.context.theme();
    const { gamma, threshold } = this.context.store.state;
    painter.resize(grid.width, grid.height, this.#overlay.scale);
    this.#overlay.resize(grid.width, grid.height);
    const { width, height, level } = loaded.thumbnails;
    const quads = this.#all(capture).map(({ layer, head, index }): Quad => ({
      slot: index,
      ...cellPlace(grid, layer, head),
      width: grid.side,
      height: grid.side,
      fromX: 0,
      fromY: 0,
      cellsX: width,
      cellsY: height,
      scale: loaded.scales[index] ?? 1,
      row: 0,
      // The first column of a thumbnail may hold more than the sink, so that it is drawn, and drawn as it is.
      column: 1,
      step: 2 ** level,
    }));
    painter.paint(quads, rampsOf(theme).heat, { threshold, gamma, withoutSink: false, diverging: false });
    this.#drawLabels(capture, grid);
  }

  #drawLabels(capture: Capture, grid: Grid): void {
    const theme = this.context.theme();
    const context = this.#overlay.begin();
    context.font = theme.smallFont;
    context.fillStyle = css(theme.muted);
    context.textBaseline = 'middle';
    context.textAlign = 'right';
    const every = Math.ceil(14 / (grid.side + grid.gap));
    for (let layer = 0; layer < grid.layers; layer += every)
      context.fillText(String(layer + 1), grid.left - 6, cellPlace(grid, layer, 0).y + grid.side / 2);
    context.textAlign = 'center';
    for (let head = 0; head < grid.heads; head += every)
      context.fillText(String(head + 1), cellPlace(grid, 0, head).x + grid.side / 2, grid.top / 2);
    const { role, layer: shownLayer, heads: shownHead } = this.context.store.state;
    for (const { layer, head, index } of this.#all(capture)) {
      const { x, y } = cellPlace(grid, layer, head);
      const own = this.#scores === undefined ? [] : rolesOf(this.#scores.scores, index);
      const dim = role !== null && !own.some((candidate) => candidate.role === role);
      if (dim) {
        context.fillStyle = css(theme.background, 0.8);
        context.fillRect(x, y, grid.side, grid.side);
      }
      const isCurrent =
        layer === this.#current.layer && head === this.#current.head && document.activeElement === this.#board;
      const isShown = layer === shownLayer && head === shownHead;
      context.strokeStyle = css(
        isCurrent ? theme.focus : isShown ? theme.foreground : theme.border,
        isCurrent || isShown || theme.highContrast ? 1 : 0.6,
      );
      context.lineWidth = isCurrent || isShown ? 2 : 1;
      context.strokeRect(x + 0.5, y + 0.5, grid.side - 1, grid.side - 1);
      const best = own.find((candidate) => role === null || candidate.role === role);
      if (best === undefined || grid.side < 52 || dim) continue;
      const label = shortRole(best.role, t);
      const width = Math.min(grid.side - 4, context.measureText(label).width + 8);
      context.fillStyle = css(theme.background, 0.85);
      context.fillRect(x + grid.side - width - 2, y + 2, width, 15);
      context.fillStyle = css(theme.foreground);
      context.textAlign = 'center';
      context.fillText(label, x + grid.side - width / 2 - 2, y + 10, width - 4);
    }
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
    const box = this.#overlay.canvas.getBoundingClientRect();
    const place = capture && cellAt(this.#grid(capture), event.clientX - box.left, event.clientY - box.top);
    if (place === undefined) return;
    if (event.type === 'click') this.context.store.update({ layer: place.layer, heads: place.head });
    if (place.layer !== this.#current.layer || place.head !== this.#current.head || event.type === 'click')
      this.#select(place);
  }

  #select(place: { layer: number; head: number }): void {
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
    const moves: Record<string, { layer: number; head: number }> = {
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
    else if (move !== undefined) this.#select(move);
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
