/**
 * Question view of the inspector, for search hits only: the question's tokens with what each adds to the similarity.
 * Created by `app.ts`.
 */
import { element } from '../../shared/dom';
import { t } from '../../shared/translate';
import type { PanelContext, View } from '../context';
import { button } from '../controls';
import type { FocusFinder } from '../focus';
import { css } from '../model/colour';
import { largest } from '../model/heat';
import { visible } from '../model/glyphs';
import { labelOf, number, signed } from '../sentences';
import { isSimilarity } from '../similarity';
import type { SimilarityCapture } from '../similarity';

/** The question that a piece of code was found for, above it: its tokens with what each adds to the score. */
export class QuestionView implements View {
  readonly element = element('section', { class: 'question', 'aria-label': t('Question'), hidden: true });
  readonly #sentence = element('p', { class: 'facts' });
  readonly #notes = element('p', { class: 'facts muted' });
  readonly #tokens = element('div', { class: 'tokens', role: 'group', 'aria-label': t('Tokens of the question') });
  readonly #buttons: HTMLElement[] = [];
  readonly #whole = button(t('The whole question'), 'secondary', () => this.#choose(null));
  readonly #within = button(t('Attention within the code'), 'secondary', () => {
    const capture = this.context.main();
    if (capture !== undefined) this.context.host.notify('captureWithin', { capture: capture.id });
  });
  #shown = 0;

  constructor(
    private readonly context: PanelContext,
    private readonly finder: FocusFinder,
  ) {
    this.element.append(
      this.#sentence,
      this.#tokens,
      element('div', { class: 'choices' }, this.#whole, this.#within),
      this.#notes,
    );
    this.#tokens.addEventListener('keydown', (event) => this.#key(event));
    finder.subscribe(() => this.#heat());
  }

  refresh(): void {
    const capture = this.context.main();
    this.element.hidden = !isSimilarity(capture);
    if (!isSimilarity(capture)) return;
    if (this.#shown !== capture.id) this.#fill(capture);
    this.#shown = capture.id;
    this.#heat();
  }

  #fill(capture: SimilarityCapture): void {
    const { score, foundBy, pooling, truncated, attends } = capture.similarity;
    const { rows, columns } = capture.table;
    this.#sentence.textContent = t(
      'Similarity {0}: the sum over {1} × {2} pairs of tokens.',
      number(score),
      rows,
      columns,
    );
    this.#notes.textContent = [
      t('This is not attention: the model reads the question and the code apart.'),
      ...(foundBy === undefined
        ? []
        : [t('The search itself compares vectors rounded to bytes, and found {0}.', number(foundBy))]),
      ...(pooling === 'table' ? [t('Every token has one vector, wherever it stands.')] : []),
      ...(pooling === 'first' || pooling === 'last'
        ? [t('This model makes a text’s vector of one token, so all of it lies on one pair.')]
        : []),
      ...(truncated.question || truncated.code ? [t('The end was not read: the model takes no more.')] : []),
    ].join(' ');
    this.#within.hidden = !attends;
    const { ranges = new Uint32Array(), text = '' } = capture.shown.sequences[0] ?? {};
    this.#buttons.length = 0;
    const parts: (Node | string)[] = [];
    let drawn = 0;
    for (let token = 0; token < rows; token++) {
      const [start, end] = [ranges[2 * token] ?? 0, ranges[2 * token + 1] ?? 0];
      if (start > drawn) parts.push(text.slice(drawn, start));
      drawn = Math.max(drawn, end);
      const made = element('button', { class: 'token code', tabindex: -1 }, visible(text.slice(start, end), 32));
      made.addEventListener('click', () => this.#choose(token));
      this.#buttons.push(made);
      parts.push(made);
    }
    this.#tokens.replaceChildren(...parts, text.slice(drawn));
  }

  /** What is pointed at in the code, or else the whole of it, decides how strong the question's tokens are. */
  #heat(): void {
    const capture = this.context.main();
    if (!isSimilarity(capture) || this.element.hidden) return;
    const { focus: token, direction } = this.context.store.state;
    const found = this.finder.current;
    const inCode = direction === 'readBy' && token !== null && found?.side === 0;
    const values = inCode ? found.values : capture.table.questionSums;
    const most = largest(values.map(Math.abs));
    const theme = this.context.theme();
    const chosen = direction === 'reads' ? token : null;
    this.#buttons.forEach((made, at) => {
      const value = values[at] ?? 0;
      const part = most === 0 ? 0 : Math.abs(value) / most;
      made.style.backgroundColor = css(
        value < 0 ? theme.readBy : theme.reads,
        Math.round(1000 * part * (theme.highContrast ? 0.3 : 0.36)) / 1000,
      );
      // Not by colour alone.
      made.style.borderBottomWidth = `${1 + Math.round(2 * part)}px`;
      made.style.borderBottomStyle = value < 0 ? 'dotted' : 'solid';
      const label = t('{0}: similarity {1}', labelOf(capture, 0, at, at + 1), signed(value));
      made.title = label;
      made.setAttribute('aria-label', label);
      made.setAttribute('aria-pressed', String(at === chosen));
      made.tabIndex = at === (chosen ?? 0) ? 0 : -1;
    });
  }

  #choose(token: number | null): void {
    const { focus, direction } = this.context.store.state;
    const again = direction === 'reads' && token === focus;
    this.context.store.update({ direction: 'reads', focus: again ? null : token });
  }

  #key(event: KeyboardEvent): void {
    const now = this.#buttons.indexOf(document.activeElement as HTMLElement);
    const next = { ArrowRight: now + 1, ArrowLeft: now - 1, Home: 0, End: this.#buttons.length - 1 }[event.key];
    if (event.key === 'Escape') this.#choose(null);
    else if (next === undefined || this.#buttons[next] === undefined) return;
    else {
      this.context.store.update({ direction: 'reads', focus: next });
      this.#buttons[next].focus();
    }
    event.preventDefault();
  }
}
