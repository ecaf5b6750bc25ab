/**
 * Header of the inspector webview: title, progress, stale notice, and the compare and export menus. Created by
 * `app.ts`.
 */
import { element } from '../shared/dom';
import { t } from '../shared/translate';
import type { PanelContext, View } from './context';
import { button } from './controls';
import type { FocusFinder } from './focus';
import { ShareMenu } from './share';
import type { Pictured } from './share';
import { CompareMenu } from './compare';
import { isSimilarity } from './similarity';

/** What is being looked at, whether it still holds, and what can be done with it. */
export class Header implements View {
  readonly element: HTMLElement;
  readonly #title = element('span', { class: 'title' });
  readonly #detail = element('span', { class: 'muted' });
  readonly #progress = element('div', {
    class: 'progress',
    role: 'progressbar',
    'aria-label': t('Capturing'),
    'aria-valuemin': 0,
    'aria-valuemax': 100,
    hidden: true,
  });
  readonly #cut = element(
    'p',
    { class: 'facts muted', hidden: true },
    t('The end was not read: the model takes no more.'),
  );
  readonly #stale: HTMLElement;
  readonly #compare: CompareMenu;

  constructor(
    private readonly context: PanelContext,
    pictured: Pictured,
    finder: FocusFinder,
  ) {
    const again = button(t('Capture again'), 'secondary', () => {
      const capture = context.main();
      if (capture !== undefined) context.host.notify('recapture', { capture: capture.id });
    });
    this.#stale = element(
      'div',
      { class: 'stale', hidden: true },
      element('span', {}, t('The code has changed since.')),
      again,
    );
    this.#compare = new CompareMenu(context);
    const share = new ShareMenu(context, pictured, finder);
    this.element = element(
      'header',
      { class: 'header' },
      element(
        'div',
        { class: 'line-1' },
        element('h1', { class: 'subject' }, this.#title, this.#detail),
        this.#compare.button,
        share.button,
      ),
      this.#compare.element,
      share.element,
      this.#progress,
      this.#cut,
      this.#stale,
    );
    this.#progress.append(element('div', { class: 'done' }));
  }

  refresh(): void {
    const capture = this.context.main();
    this.element.hidden = capture === undefined;
    if (capture === undefined) return;
    const { shown } = capture;
    this.#compare.button.hidden = isSimilarity(capture);
    this.#title.textContent = shown.title;
    const tokens = shown.sequences.reduce((sum, { ids }) => sum + ids.length, 0);
    this.#detail.textContent = [t('{0} tokens', tokens), shown.detail].join(' · ');
    this.#cut.hidden = shown.cut !== true;
    this.#stale.hidden = !capture.stale;
    const rows = shown.stacks.reduce((sum, { queries }) => sum + capture.tokens(queries), 0);
    const part = capture.complete ? 1 : capture.done.reduce((sum, done) => sum + done, 0) / Math.max(1, rows);
    this.#progress.hidden = capture.complete;
    this.#progress.setAttribute('aria-valuenow', String(Math.round(100 * part)));
    (this.#progress.firstElementChild as HTMLElement).style.width = `${100 * part}%`;
    this.#compare.refresh();
  }
}
