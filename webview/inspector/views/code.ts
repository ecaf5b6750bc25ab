/**
 * Code view of the inspector: the tokens as text with attention heat, operated by pointer and keyboard. Created by
 * `app.ts`; drawing is in `codePainter.ts`.
 */
import { element } from '../../shared/dom';
import { t } from '../../shared/translate';
import type { PanelContext, View } from '../context';
import type { Capture } from '../data';
import { sidesOf } from '../focus';
import type { Focus, FocusFinder } from '../focus';
import { layOut, tokenAt, tokenBeside } from '../model/layout';
import type { Layout } from '../model/layout';
import { strengths, strongest } from '../model/heat';
import { unitSpan } from '../model/rollup';
import { describeToken } from '../sentences';
import { isSimilarity } from '../similarity';
import type { SimilarityCapture } from '../similarity';
import { Surface } from '../surface';
import { paintCode, rowHeats } from './codePainter';
import type { CodePicture } from './codePainter';

const rulerWidth = 10;
const margin = 6;

/** How strongly each token is coloured while one is pointed at. */
interface Heat {
  readonly focus: Focus;
  readonly strengths: Uint8Array;
  readonly signs: Float32Array | undefined;
  readonly links: number[];
  readonly rows: Uint8Array;
}

/** The tokens as they stand in the source, with what one of them read, or who read it, as heat. */
export class CodeView implements View {
  /** It scrolls, and is the one tab stop. */
  readonly element: HTMLElement;
  readonly #spacer = element('div', { class: 'spacer' });
  readonly #surface = new Surface(() => this.#draw());
  #laidOut: { key: string; layout: Layout } | undefined;
  #heat: Heat | undefined;
  #hovered: number | undefined;
  /** Whether a click or a key has fixed what is pointed at. */
  #pinned = false;
  #cell = { width: 8, height: 18 };

  constructor(
    private readonly context: PanelContext,
    private readonly finder: FocusFinder,
  ) {
    this.#surface.canvas.classList.add('pinned');
    this.element = element(
      'div',
      {
        class: 'widget code-view',
        tabindex: 0,
        role: 'application',
        'aria-roledescription': t('Code with attention'),
        'aria-describedby': 'help-code',
      },
      this.#surface.canvas,
      this.#spacer,
    );
    this.element.addEventListener('scroll', () => this.#surface.request(), { passive: true });
    this.element.addEventListener('pointermove', (event) => this.#point(event));
    this.element.addEventListener('pointerleave', () => this.#leave());
    this.element.addEventListener('click', (event) => this.#choose(event));
    this.element.addEventListener('dblclick', () => this.#reveal());
    this.element.addEventListener('keydown', (event) => this.#key(event));
    this.element.addEventListener('focus', () => this.#surface.request());
    this.element.addEventListener('blur', () => this.#surface.request());
    finder.subscribe(() => {
      if (this.context.store.state.view !== 'code') return;
      this.#heat = this.#findHeat();
      this.#surface.request();
    });
    // The mark on what is pointed at does not wait for its numbers.
    context.store.subscribe(({ view }) => {
      if (view === 'code') this.#surface.request();
    });
    new ResizeObserver(() => this.refresh()).observe(this.element);
  }

  refresh(): void {
    if (this.context.store.state.view !== 'code' || this.element.clientWidth === 0) return;
    this.element.setAttribute(
      'aria-roledescription',
      isSimilarity(this.context.main()) ? t('Code with similarity') : t('Code with attention'),
    );
    this.#measure();
    this.#heat = this.#findHeat();
    this.#surface.request();
  }

  /** Brings a token into sight. */
  show(token: number): void {
    const row = this.#laidOut?.layout.rowOf[token];
    if (row === undefined) return;
    const top = row * this.#cell.height;
    const { scrollTop, clientHeight } = this.element;
    if (top < scrollTop + this.#cell.height || top > scrollTop + clientHeight - 2 * this.#cell.height)
      this.element.scrollTop = Math.max(0, top - clientHeight / 3);
  }

  canvas(): HTMLCanvasElement {
    this.#draw();
    return this.#surface.canvas;
  }

  /** What is on screen, to be drawn somewhere else. */
  picture(): CodePicture | undefined {
    const capture = this.context.main();
    const layout = this.#laidOut?.layout;
    if (capture === undefined || layout === undefined) return undefined;
    const { state } = this.context.store;
    const sequence = capture.shown.sequences[this.#sequence(capture)];
    return {
      layout,
      segments: sequence?.segments ?? [],
      theme: this.context.theme(),
      cell: this.#cell,
      width: this.#surface.width,
      height: this.#surface.height,
      top: this.element.scrollTop,
      gutter: this.#gutter(layout),
      rulerWidth,
      direction: state.direction,
      heat: this.#heat,
      selected: this.#selected(capture),
      hovered: this.#hovered,
      active: document.activeElement === this.element,
    };
  }

  #measure(): void {
    const capture = this.context.main();
    const theme = this.context.theme();
    const context = this.#surface.canvas.getContext('2d');
    if (context === null) return;
    context.font = theme.codeFont;
    this.#cell = { width: context.measureText('0'.repeat(64)).width / 64, height: Math.round(theme.codeSize * 1.5) };
    this.#surface.resize(this.element.clientWidth, this.element.clientHeight);
    if (capture === undefined) {
      this.#laidOut = undefined;
      this.#spacer.style.height = '0';
      return;
    }
    const sequence = this.#sequence(capture);
    const digits = String(
      Math.max(...(capture.shown.firstLines[sequence] ?? [0])) + (capture.shown.sequences[sequence]?.text.length ?? 0),
    ).length;
    const columns = Math.floor(
      (this.element.clientWidth - rulerWidth - 2 * margin) / this.#cell.width - Math.min(digits, 5) - 1,
    );
    const key = `${capture.id} ${sequence} ${columns}`;
    const source = capture.shown.sequences[sequence];
    if (this.#laidOut?.key !== key && source !== undefined)
      this.#laidOut = { key, layout: layOut(source, capture.shown.firstLines[sequence] ?? [], columns) };
    // The canvas itself takes as much room as the scroller has.
    this.#spacer.style.height = `${Math.max(0, (this.#laidOut?.layout.rows.length ?? 0) * this.#cell.height - this.element.clientHeight)}px`;
  }

  /** The sequence shown: the one that lies under the heat. */
  #sequence(capture: Capture): number {
    return isSimilarity(capture) ? 1 : sidesOf(capture, this.context.store.state).side;
  }

  #gutter(layout: Layout): number {
    return margin + (layout.digits + 1) * this.#cell.width;
  }

  #findHeat(): Heat | undefined {
    const focus = this.finder.current;
    const layout = this.#laidOut?.layout;
    if (focus === undefined || layout === undefined || focus.capture !== this.context.main()) return undefined;
    const { threshold, gamma, links } = this.context.store.state;
    if (isSimilarity(focus.capture)) return this.#heatOf(focus.capture, focus, layout);
    const { against } = focus;
    const differences = against?.map((value, i) => (focus.values[i] ?? 0) - value);
    const shown = strengths(differences?.map(Math.abs) ?? focus.values, { threshold, gamma });
    // One link for a unit, from its first token.
    const units = this.finder.unitsFor(focus.capture, focus.side);
    const firsts = focus.values.map((value, token) => (units.starts[units.unitOf[token] ?? 0] === token ? value : 0));
    return {
      focus,
      strengths: shown,
      signs: differences,
      links: against === undefined ? strongest(firsts, links) : [],
      rows: rowHeats(layout, shown),
    };
  }

  /** Of the code that was found: what speaks for it in one hue, what speaks against it in the other. */
  #heatOf(capture: SimilarityCapture, focus: Focus, layout: Layout): Heat {
    const { threshold, gamma } = this.context.store.state;
    const signs = this.finder.onCode(capture, focus);
    const shown = strengths(signs.map(Math.abs), { threshold, gamma });
    return { focus, strengths: shown, signs, links: [], rows: rowHeats(layout, shown) };
  }

  #selected(capture: Capture): { from: number; to: number } | undefined {
    const { state } = this.context.store;
    const { own } = sidesOf(capture, state);
    return state.focus === null || own !== this.#sequence(capture)
      ? undefined
      : unitSpan(this.finder.unitsFor(capture, own), state.focus);
  }

  #draw(): void {
    const picture = this.picture();
    const context = this.#surface.begin();
    if (picture !== undefined) paintCode(context, picture);
  }

  #tokenUnder(event: MouseEvent): number | undefined {
    const layout = this.#laidOut?.layout;
    if (layout === undefined) return undefined;
    const box = this.element.getBoundingClientRect();
    const row = Math.floor((event.clientY - box.top + this.element.scrollTop) / this.#cell.height);
    return tokenAt(layout, row, (event.clientX - box.left - this.#gutter(layout)) / this.#cell.width);
  }

  #point(event: PointerEvent): void {
    const token = this.#tokenUnder(event);
    this.#hover(token);
    // A pinned focus stays until something else is clicked.
    if (token !== undefined && !this.#pinned) this.#aim(token);
  }

  #hover(token: number | undefined): void {
    if (token === this.#hovered) return;
    this.#hovered = token;
    this.element.title = token === undefined ? '' : this.#describe(token);
    this.#surface.request();
  }

  #choose(event: MouseEvent): void {
    const token = this.#tokenUnder(event);
    const { focus } = this.context.store.state;
    this.#pinned = token !== undefined && !(this.#pinned && token === focus);
    if (token !== undefined) this.#aim(token);
  }

  #leave(): void {
    this.#hover(undefined);
    const { direction } = this.context.store.state;
    if (!this.#pinned && direction === 'readBy' && isSimilarity(this.context.main()))
      this.context.store.update({ focus: null });
  }

  /** Points at a token, where the tokens seen are those that can be pointed at. */
  #aim(token: number): void {
    const capture = this.context.main();
    if (capture === undefined) return;
    const { own, side } = sidesOf(capture, this.context.store.state);
    if (isSimilarity(capture)) this.context.store.update({ focus: token, direction: 'readBy' });
    else if (own === side) this.context.store.update({ focus: token });
  }

  #reveal(): void {
    const capture = this.context.main();
    const { focus } = this.context.store.state;
    if (capture === undefined || focus === null) return;
    const { own } = sidesOf(capture, this.context.store.state);
    this.context.host.notify('reveal', {
      capture: capture.id,
      sequence: own,
      ...unitSpan(this.finder.unitsFor(capture, own), focus),
    });
  }

  #key(event: KeyboardEvent): void {
    const capture = this.context.main();
    const layout = this.#laidOut?.layout;
    if (capture === undefined || layout === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    const { state } = this.context.store;
    const own = isSimilarity(capture) ? 1 : sidesOf(capture, state).own;
    const isOwn = !isSimilarity(capture) || state.direction === 'readBy';
    const units = this.finder.unitsFor(capture, own);
    const last = capture.tokens(own) - 1;
    const now = isOwn ? (state.focus ?? 0) : 0;
    const page = Math.max(1, Math.floor(this.element.clientHeight / this.#cell.height) - 1);
    const span = unitSpan(units, now);
    const moves: Record<string, () => number> = {
      ArrowRight: () => Math.min(last, span.to),
      ArrowLeft: () => unitSpan(units, Math.max(0, span.from - 1)).from,
      ArrowDown: () => tokenBeside(layout, now, 1),
      ArrowUp: () => tokenBeside(layout, now, -1),
      PageDown: () => tokenBeside(layout, now, page),
      PageUp: () => tokenBeside(layout, now, -page),
      Home: () => 0,
      End: () => last,
    };
    if (event.key === 'Enter') this.#reveal();
    else if (event.key === 'Escape') this.context.store.update({ focus: null });
    else if (event.key === 'r' && !isSimilarity(capture))
      this.context.store.update({ direction: this.context.store.state.direction === 'reads' ? 'readBy' : 'reads' });
    else {
      const move = moves[event.key];
      if (move === undefined) return;
      const token = state.focus === null || !isOwn ? 0 : move();
      this.#pinned = true;
      this.context.store.update({ focus: token, ...(isSimilarity(capture) ? { direction: 'readBy' } : {}) });
      this.show(token);
    }
    event.preventDefault();
  }

  #describe(token: number): string {
    const focus = this.finder.current;
    const capture = this.context.main();
    return capture === undefined ? '' : describeToken(capture, focus, token, this.context.store.state);
  }
}
