/**
 * Root of the page *Your Suggestions*: asks the host for the numbers and draws them, all languages together or one. Created
 * by `main.ts`; it computes nothing but sums and shares.
 */
import type { LanguageFigures, SuggestionFigures, SuggestionsProtocol } from '../../src/features/completion/messages';
import type { HostClient } from '../shared/client';
import { element } from '../shared/dom';
import { Problem } from '../shared/problem';
import { t } from '../shared/translate';
import { calibrationPlot } from './plot';
import { fates, keptTable, shownOf, thresholdTable, tiles, timesTable } from './tables';

/** Milliseconds between two looks at numbers that change. */
const refreshMs = 1_000;

/** The page: what became of suggestions, how long they took, how sure they were, and what can be done about it. */
export class App {
  readonly #body = element('main', {});
  readonly #problem = new Problem();
  readonly #spoken = element('div', { class: 'spoken', role: 'status' });
  #figures: SuggestionFigures | undefined;
  /** Identifier of the language that is shown; empty for all. */
  #language = '';
  #refreshing: number | undefined;

  constructor(private readonly host: HostClient<SuggestionsProtocol>) {
    document.body.append(this.#body, this.#problem.element, this.#spoken);
    host.on('changed', () => {
      this.#refreshing ??= window.setTimeout(() => {
        this.#refreshing = undefined;
        void this.#load();
      }, refreshMs);
    });
    void this.#load();
  }

  async #load(): Promise<void> {
    await this.#problem.attempt(async () => {
      this.#figures = await this.host.request('figures', {});
      this.#draw(this.#figures);
    });
  }

  #draw(figures: SuggestionFigures): void {
    const focused = document.activeElement?.id;
    const shown = figures.languages.find(({ id }) => id === this.#language) ?? figures.languages[0];
    this.#language = shown?.id ?? '';
    this.#body.replaceChildren(
      this.#header(figures),
      ...(figures.isLearning ? [] : [this.#off()]),
      ...(shown === undefined && figures.times.length === 0 ? [empty()] : this.#sections(figures, shown)),
    );
    if (focused) document.getElementById(focused)?.focus();
  }

  #header({ languages }: SuggestionFigures): HTMLElement {
    const hasAny = languages.length > 0;
    return element(
      'header',
      {},
      element('h1', {}, t('Your Suggestions')),
      element('p', { class: 'muted' }, t('Counted on this machine, as numbers only, and sent nowhere.')),
      element(
        'div',
        { class: 'actions' },
        ...(languages.length > 2 ? [this.#choice(languages)] : []),
        button('export', t('Export…'), () => this.#problem.attempt(() => this.#export()), !hasAny),
        button('reset', t('Forget What Was Learned'), () => this.#ask('reset'), !hasAny),
        this.#deleteButton(!hasAny),
      ),
    );
  }

  /** Nothing brings the numbers back: the first click asks, the second one deletes, going elsewhere keeps them. */
  #deleteButton(disabled: boolean): HTMLElement {
    let isSure = false;
    const label = t('Delete…');
    const made = button(
      'delete',
      label,
      () => {
        if (isSure) return this.#ask('delete');
        isSure = true;
        made.textContent = t('Delete all numbers?');
        made.classList.add('sure');
        return Promise.resolve();
      },
      disabled,
    );
    made.addEventListener('blur', () => {
      isSure = false;
      made.textContent = label;
      made.classList.remove('sure');
    });
    return made;
  }

  #choice(languages: readonly LanguageFigures[]): HTMLElement {
    const select = element(
      'select',
      { id: 'language', 'aria-label': t('Language') },
      ...languages.map(({ id }) =>
        element('option', { value: id, selected: id === this.#language }, id === '' ? t('All languages') : id),
      ),
    );
    select.addEventListener('change', () => {
      this.#language = select.value;
      if (this.#figures) this.#draw(this.#figures);
    });
    return select;
  }

  #sections(figures: SuggestionFigures, shown: LanguageFigures | undefined): HTMLElement[] {
    const learned = figures.languages.filter(({ threshold }) => threshold !== undefined);
    return [
      ...(shown && shownOf(shown) > 0
        ? [section(t('What became of them'), tiles(shown), fates(shown), ...keptTable(shown))]
        : []),
      ...(shown && shown.judged > 0 ? [section(t('How sure, and how often right'), calibrationPlot(shown))] : []),
      ...(learned.length > 0 ? [section(t('How sure a suggestion has to be'), thresholdTable(learned))] : []),
      ...(figures.times.length > 0 ? [section(t('How long they took'), timesTable(figures.times))] : []),
    ];
  }

  #off(): HTMLElement {
    const link = element('button', { class: 'link', type: 'button' }, t('Open the setting'));
    link.addEventListener('click', () => this.host.notify('openSettings', {}));
    return element('p', { class: 'notice' }, t('Nothing is counted: the setting for it is off.'), ' ', link);
  }

  async #export(): Promise<void> {
    const { name } = await this.host.request('export', {}, { timeoutMs: 3_600_000 });
    if (name !== undefined) this.#spoken.textContent = t('Saved as {0}', name);
  }

  async #ask(what: 'reset' | 'delete'): Promise<void> {
    await this.#problem.attempt(async () => {
      await this.host.request(what, {}, { timeoutMs: 3_600_000 });
    });
    await this.#load();
  }
}

function button(id: string, label: string, act: () => Promise<void>, disabled: boolean): HTMLElement {
  const made = element('button', { id, class: 'button', type: 'button', disabled }, label);
  made.addEventListener('click', () => void act());
  return made;
}

function section(title: string, ...children: HTMLElement[]): HTMLElement {
  return element('section', { 'aria-label': title }, element('h2', {}, title), ...children);
}

function empty(): HTMLElement {
  return element(
    'p',
    { class: 'empty' },
    t('Nothing was counted yet. What becomes of suggestions appears here as you type.'),
  );
}
