/**
 * Toolbar of the inspector webview: layer, heads, direction, sink and display options, written to the store. Created
 * by `app.ts`.
 */
import type { Aggregate, Heads } from '../../src/features/inspector/messages';
import { element, icon } from '../shared/dom';
import { t } from '../shared/translate';
import type { PanelContext, View } from './context';
import { button, check, choice, icons, range } from './controls';
import { aggregates } from './model/state';
import { rollups } from './model/rollup';
import type { Rollup } from './model/rollup';
import { percent } from './sentences';
import { isSimilarity } from './similarity';

/** What is shown: which layer and heads, which direction, with or without the sink, and how it is drawn. */
export class Toolbar implements View {
  readonly element: HTMLElement;
  readonly #stack = choice(t('Stack'), (value) => this.context.store.update({ stack: Number(value), focus: null }));
  readonly #layer = choice(t('Layer'), (value) => this.#chooseLayer(value));
  readonly #heads = choice(t('Heads'), (value) => this.context.store.update({ heads: readHeads(value) }));
  readonly #direction = choice<'reads' | 'readBy'>(t('Direction'), (direction) =>
    this.context.store.update({ direction }),
  );
  readonly #sink = check(t('Without the sink'), (withoutSink) => this.context.store.update({ withoutSink }));
  readonly #sinkShare = element('span', { class: 'sink-share' });
  readonly #rollup = choice<Rollup>(t('Counted by'), (rollup) => this.context.store.update({ rollup }));
  readonly #threshold = range(t('Threshold'), { min: 0, max: 0.5, step: 0.01 }, (threshold) =>
    this.context.store.update({ threshold }),
  );
  readonly #gamma = range(t('Gamma'), { min: 0.2, max: 2, step: 0.05 }, (gamma) =>
    this.context.store.update({ gamma }),
  );
  readonly #links = range(t('Links'), { min: 0, max: 10, step: 1 }, (links) => this.context.store.update({ links }));
  readonly #sinkRow = element('div', { class: 'sink' }, this.#sink.element, this.#sinkShare);
  readonly #display: HTMLElement;

  constructor(private readonly context: PanelContext) {
    this.#display = element(
      'div',
      { class: 'display', id: 'display', hidden: true },
      this.#rollup.element,
      this.#threshold.element,
      this.#gamma.element,
      this.#links.element,
    );
    const more = button(t('How it is drawn'), 'icon', () => this.#toggleDisplay(more), icon(icons.sliders));
    more.setAttribute('aria-expanded', 'false');
    more.setAttribute('aria-controls', 'display');
    this.#layer.element.classList.add('short');
    this.element = element(
      'div',
      { class: 'toolbar', role: 'group', 'aria-label': t('What is shown') },
      element(
        'div',
        { class: 'choices' },
        this.#stack.element,
        this.#layer.element,
        this.#heads.element,
        this.#direction.element,
        more,
      ),
      this.#sinkRow,
      this.#display,
    );
  }

  refresh(): void {
    const capture = this.context.main();
    const { state } = this.context.store;
    this.element.hidden = capture === undefined;
    const stack = capture?.shown.stacks[state.stack];
    if (capture === undefined || stack === undefined) return;
    const { stacks } = capture.shown;
    const apart = isSimilarity(capture);
    for (const control of [this.#layer, this.#heads, this.#direction, this.#links]) control.element.hidden = apart;
    this.#sinkRow.hidden = apart;
    this.#stack.element.hidden = stacks.length < 2;
    this.#stack.show(
      stacks.map(({ kind }, index) => ({ value: String(index), label: nameOfStack(kind) })),
      String(state.stack),
    );
    this.#layer.show(
      [
        { value: 'all', label: t('All layers') },
        ...Array.from({ length: stack.layers }, (_, layer) => ({
          value: String(layer),
          label: t('Layer {0}', layer + 1),
        })),
      ],
      state.layer === null ? 'all' : String(state.layer),
    );
    const summaries = aggregates.filter((aggregate) => aggregate !== 'value-weighted' || stack.valueWeighted);
    const single =
      state.layer === null
        ? []
        : Array.from({ length: stack.heads }, (_, head) => ({ value: String(head), label: t('Head {0}', head + 1) }));
    this.#heads.show(
      [...summaries.map((aggregate) => ({ value: aggregate, label: nameOfAggregate(aggregate) })), ...single],
      String(state.heads),
    );
    this.#direction.show(
      [
        { value: 'reads', label: t('What it read') },
        { value: 'readBy', label: t('Who read it') },
      ],
      state.direction,
    );
    this.#sink.show(state.withoutSink);
    this.#showSink();
    this.#rollup.show(
      rollups.map((rollup) => ({ value: rollup, label: nameOfRollup(rollup) })),
      state.rollup,
    );
    this.#threshold.show(state.threshold, percent(state.threshold));
    this.#gamma.show(state.gamma, String(state.gamma));
    this.#links.show(state.links, String(state.links));
  }

  /** The mean over the heads shown: always in sight, whether the sink is shown or not. */
  #showSink(): void {
    const { stack, layer, heads } = this.context.store.state;
    const capture = this.context.main();
    const bounds = capture?.shown.stacks[stack];
    const shares = capture?.finished?.sinkShares[stack];
    if (bounds === undefined || shares === undefined) {
      this.#sinkShare.textContent = '';
      return;
    }
    const first = layer === null ? 0 : layer * bounds.heads + (typeof heads === 'number' ? heads : 0);
    const last = layer === null ? shares.length : first + (typeof heads === 'number' ? 1 : bounds.heads);
    const part = shares.slice(first, last).reduce((sum, value) => sum + value, 0) / Math.max(1, last - first);
    this.#sinkShare.textContent = t('Sink: {0}', percent(part));
    this.#sinkShare.title = t(
      'The first token takes {0} of all reading here. Models park there what they have no use for.',
      percent(part),
    );
  }

  #chooseLayer(value: string): void {
    const layer = value === 'all' ? null : Number(value);
    const { heads } = this.context.store.state;
    this.context.store.update({
      layer,
      ...(layer === null && typeof heads === 'number' ? { heads: 'value-weighted' } : {}),
    });
  }

  #toggleDisplay(more: HTMLElement): void {
    this.#display.hidden = !this.#display.hidden;
    more.setAttribute('aria-expanded', String(!this.#display.hidden));
  }
}

function readHeads(value: string): Heads {
  return aggregates.find((aggregate) => aggregate === value) ?? Number(value);
}

export function nameOfAggregate(aggregate: Aggregate): string {
  switch (aggregate) {
    case 'value-weighted':
      return t('Value-weighted');
    case 'mean':
      return t('Mean of heads');
    case 'max':
      return t('Maximum of heads');
    case 'rollout':
      return t('Rollout');
  }
}

function nameOfRollup(rollup: Rollup): string {
  switch (rollup) {
    case 'token':
      return t('By token');
    case 'symbol':
      return t('By symbol');
    case 'line':
      return t('By line');
  }
}

function nameOfStack(kind: 'decoder' | 'encoder' | 'cross'): string {
  switch (kind) {
    case 'decoder':
      return t('Decoder');
    case 'encoder':
      return t('Encoder');
    case 'cross':
      return t('Decoder reads encoder');
  }
}
