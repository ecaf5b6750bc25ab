/**
 * Menu for comparing a capture with another head, model or version of the code, and the legend of the comparison. Used
 * by the inspector's header.
 */
import { element, icon } from '../shared/dom';
import { t } from '../shared/translate';
import type { PanelContext } from './context';
import { button, choice, icons } from './controls';
import { mapOfOther } from './focus';
import { nameOfSegment } from './model/segments';
import { aggregates } from './model/state';
import type { ViewState } from './model/state';
import { nameOfAggregate } from './toolbar';
import { Popup } from './popup';
import type { Comparison } from '../../src/features/inspector/messages';

/** What the capture can be compared with, and what it is compared with now. */
export class CompareMenu {
  readonly element: HTMLElement;
  readonly #popup: Popup;
  readonly #now = element('div', { class: 'comparison', hidden: true });
  /** What can be chosen of the model compared with. */
  #maps: readonly NonNullable<ViewState['otherMap']>[] = [];
  readonly #heads = choice(t('Heads of what it is compared with'), (value) => {
    this.context.store.update({ otherMap: this.#maps[Number(value)] ?? null });
  });

  constructor(private readonly context: PanelContext) {
    this.#popup = new Popup('compare', t('Compare'), icons.compare, () => this.#choices());
    this.element = element('div', {}, this.#popup.element, this.#now);
  }

  get button(): HTMLElement {
    return this.#popup.button;
  }

  refresh(): void {
    const { against } = this.context.store.state;
    const other = this.context.other();
    this.#now.hidden = against === null;
    if (against === null) return;
    this.#showHeads();
    const name =
      against === 'other'
        ? t('{0} · {1}', other?.shown.title ?? '', other?.shown.detail ?? '')
        : t('Layer {0}, head {1}', against.layer + 1, against.head + 1);
    if (this.#now.dataset.shown === name) return;
    this.#now.dataset.shown = name;
    const stop = button(
      t('Stop comparing'),
      'icon',
      () => {
        this.context.store.update({ against: null });
        if (other !== undefined) this.context.host.notify('closeComparison', {});
      },
      icon(icons.close),
    );
    const swatch = (direction: 'reads' | 'readBy'): HTMLElement =>
      element('span', { class: `swatch ${direction}`, 'aria-hidden': 'true' });
    this.#now.replaceChildren(
      element(
        'div',
        { class: 'legend' },
        element('div', {}, swatch('reads'), t('more here')),
        element('div', {}, swatch('readBy'), t('more in {0}', name)),
        this.#heads.element,
      ),
      stop,
    );
  }

  /** Heads of a model with other layers have nothing to do with those of the same numbers: they are chosen by themselves. */
  #showHeads(): void {
    const { state } = this.context.store;
    const [main, other] = [this.context.main(), this.context.other()];
    const place = main && other && state.against === 'other' ? mapOfOther(main, other, state) : undefined;
    const [ours, theirs] = [main?.shown.stacks[state.stack], other?.shown.stacks[place?.stack ?? 0]];
    const alike = ours?.layers === theirs?.layers && ours?.heads === theirs?.heads;
    this.#heads.element.hidden = place === undefined || theirs === undefined || alike;
    if (place === undefined || theirs === undefined || alike) return;
    const summaries = aggregates.filter((aggregate) => aggregate !== 'value-weighted' || theirs.valueWeighted);
    const layers = Array.from({ length: theirs.layers }, (_, layer) => layer);
    const heads = Array.from({ length: theirs.heads }, (_, head) => head);
    this.#maps = [
      ...[null, ...layers].flatMap((layer) => summaries.map((aggregate) => ({ layer, heads: aggregate }))),
      ...layers.flatMap((layer) => heads.map((head) => ({ layer, heads: head }))),
    ];
    const chosen = this.#maps.findIndex((map) => map.layer === place.layer && map.heads === place.heads);
    this.#heads.show(
      this.#maps.map((map, at) => ({ value: String(at), label: nameOfMap(map) })),
      String(chosen),
    );
  }

  #choices(): (Node | string)[] {
    const capture = this.context.main();
    const bounds = capture?.shown.stacks[this.context.store.state.stack];
    if (capture === undefined || bounds === undefined) return [];
    const heads = Array.from({ length: bounds.layers * bounds.heads }, (_, index) => ({
      value: String(index),
      label: t('Layer {0}, head {1}', Math.floor(index / bounds.heads) + 1, (index % bounds.heads) + 1),
    }));
    const head = choice(t('Another head'), (value) => {
      if (value === '') return;
      this.#popup.close();
      const index = Number(value);
      this.context.store.update({ against: { layer: Math.floor(index / bounds.heads), head: index % bounds.heads } });
    });
    head.show([{ value: '', label: t('Another head…') }, ...heads], '');
    const { segments = [] } = capture.shown.sequences[0] ?? {};
    const parts = segments
      .filter(({ kind }) => kind === 'context' || kind === 'suffix' || kind === 'rest' || kind === 'path')
      .map(({ kind, from, to }) =>
        button(t('Without: {0}', nameOfSegment(kind, t)), 'secondary', () =>
          this.#start({ kind: 'without', from, to }),
        ),
      );
    return [
      head.element,
      button(t('The code as it is now'), 'secondary', () => this.#start({ kind: 'edit' })),
      button(t('Another model…'), 'secondary', () => this.#start({ kind: 'model' })),
      ...parts,
    ];
  }

  #start(how: Comparison): void {
    const capture = this.context.main();
    this.#popup.close();
    if (capture === undefined) return;
    this.context.announce(t('Capturing what is compared with'));
    this.context.host
      .request('compare', { capture: capture.id, how }, { timeoutMs: 600_000 })
      .catch((error: unknown) => this.context.fail(error));
  }
}

function nameOfMap({ layer, heads }: NonNullable<ViewState['otherMap']>): string {
  if (layer !== null && typeof heads === 'number') return t('Layer {0}, head {1}', layer + 1, heads + 1);
  return t(
    '{0} · {1}',
    layer === null ? t('All layers') : t('Layer {0}', layer + 1),
    typeof heads === 'number' ? t('Head {0}', heads + 1) : nameOfAggregate(heads),
  );
}
