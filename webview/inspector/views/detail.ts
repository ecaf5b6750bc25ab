/**
 * Detail view of the inspector: the strongest partners of the focused token as a table, and the model's next-token
 * probabilities. Created by `app.ts`.
 */
import type { Probabilities } from '../../../src/features/inspector/messages';
import { element } from '../../shared/dom';
import { t } from '../../shared/translate';
import type { PanelContext, View } from '../context';
import { columns, rove } from '../controls';
import type { Focus, FocusFinder } from '../focus';
import { largest, strongest } from '../model/heat';
import { visible } from '../model/glyphs';
import { unitSpan } from '../model/rollup';
import { labelOf, lineOf, nameOfPart, nameOfSpan, number, percent, signed, speakFocus } from '../sentences';
import { isSimilarity } from '../similarity';
import type { SimilarityCapture } from '../similarity';
import { PartnerRow } from './partnerRow';
import { errorMessage } from '../../../src/common/errorMessage';

const shownPartners = 12;

/** What is pointed at, in words and numbers: its strongest partners as a table, and what might have followed it. */
export class DetailView implements View {
  readonly element = element('section', { class: 'detail', 'aria-label': t('Details') });
  readonly #title = element('h2', { class: 'detail-title' });
  readonly #facts = element('p', { class: 'facts muted' });
  readonly #partners = element('tbody');
  readonly #table: HTMLElement;
  readonly #weightHead = element('th', { scope: 'col' });
  readonly #following = element('div', { class: 'following' });
  readonly #followingBox: HTMLDetailsElement;
  readonly #empty = element('p', { class: 'muted hint' });
  readonly #rows: PartnerRow[] = [];
  #asked = -1;
  #spoken = 0;

  constructor(
    private readonly context: PanelContext,
    private readonly finder: FocusFinder,
  ) {
    this.#table = element(
      'table',
      { class: 'partners' },
      columns('weight', 'grow', 'line'),
      element(
        'thead',
        { class: 'spoken' },
        element(
          'tr',
          {},
          this.#weightHead,
          element('th', { scope: 'col' }, t('Token')),
          element('th', { scope: 'col' }, t('Line')),
        ),
      ),
      this.#partners,
    );
    this.#followingBox = element(
      'details',
      { class: 'box' },
      element('summary', {}, t('What the model expected next')),
      this.#following,
    );
    this.#followingBox.addEventListener('toggle', () => this.refresh());
    this.element.append(this.#title, this.#facts, this.#table, this.#followingBox, this.#empty);
    this.#empty.textContent = t(
      'Point at a token, or focus the code and use the arrow keys, to see what it read and who read it.',
    );
    rove(this.#partners, 'tr:not([hidden]) button');
    finder.subscribe((focus) => {
      this.refresh();
      if (focus !== undefined) this.#speak(focus);
    });
  }

  refresh(): void {
    const focus = this.finder.current;
    const has = focus !== undefined;
    const { view } = this.context.store.state;
    // Heads say themselves what they do; what a suggestion came from needs no hint.
    this.element.hidden = view === 'heads' || (view === 'why' && !has);
    this.#empty.hidden = has;
    this.element.classList.toggle('filled', has);
    this.#title.hidden = this.#facts.hidden = this.#table.hidden = !has;
    const causal =
      focus !== undefined &&
      !isSimilarity(focus.capture) &&
      focus.capture.shown.stacks[this.context.store.state.stack]?.kind !== 'encoder';
    this.#followingBox.hidden = !causal;
    if (focus === undefined) return;
    this.#describe(focus);
    this.#listPartners(focus);
    if (causal && this.#followingBox.open) void this.#expect(focus);
  }

  #describe(focus: Focus): void {
    if (isSimilarity(focus.capture)) {
      this.#describeSimilarity(focus.capture, focus);
      return;
    }
    const { capture, own, from, to } = focus;
    const name = element('span', { class: 'code' }, labelOf(capture, own, from, to));
    const line = lineOf(capture, own, from);
    this.#title.replaceChildren(name, ...(line > 0 ? [element('span', { class: 'muted' }, t('line {0}', line))] : []));
    this.#facts.textContent = this.#factsOf(focus);
    this.#weightHead.textContent = focus.against === undefined ? t('Share') : t('Difference');
  }

  #factsOf({ direction, values, against, sinkShare, effectiveContext }: Focus): string {
    if (against !== undefined) {
      const differs = against.some((value, token) => value !== values[token]);
      return differs ? t('Difference to what it is compared with') : t('No difference to what it is compared with');
    }
    if (this.context.store.state.against !== null) return t('What it is compared with has not read this.');
    return direction === 'reads'
      ? t('reads about {0} tokens · {1} goes to the first token', number(effectiveContext), percent(sinkShare))
      : t('is read by · {0} of all reading goes to the first token', percent(sinkShare));
  }

  #describeSimilarity(capture: SimilarityCapture, focus: Focus): void {
    const { own, from } = focus;
    const line = lineOf(capture, own, from);
    this.#title.replaceChildren(
      element('span', { class: 'code' }, nameOfPart(capture, focus)),
      ...(line > 0 ? [element('span', { class: 'muted' }, t('line {0}', line))] : []),
    );
    const sums = own === 0 ? capture.table.questionSums : capture.table.codeSums;
    const sum = sums.subarray(focus.from, focus.to).reduce((total, value) => total + value, 0);
    this.#facts.textContent = t('similarity {0} of {1} in all', signed(sum), number(capture.similarity.score));
    this.#weightHead.textContent = t('Similarity');
  }

  #listPartners(focus: Focus): void {
    const { capture, side, values, against } = focus;
    const units = this.finder.unitsFor(capture, side);
    const firsts = values.map((value, token) =>
      units.starts[units.unitOf[token] ?? 0] === token ? value - (against?.[token] ?? 0) : 0,
    );
    const sizes = firsts.map(Math.abs);
    const most = largest(sizes);
    const shown = strongest(sizes, shownPartners);
    shown.forEach((token, at) => {
      const value = firsts[token] ?? 0;
      const span = unitSpan(units, token);
      const line = lineOf(capture, side, token);
      const sign = against !== undefined && value > 0 ? '+' : '';
      const share = isSimilarity(capture) ? signed(value) : sign + percent(value);
      this.#partnerRow(at).show({
        kind: value < 0 ? 'other' : isSimilarity(capture) ? 'reads' : focus.direction,
        part: Math.abs(value) / most,
        share,
        text: labelOf(capture, side, span.from, span.to),
        line: line > 0 ? String(line) : '',
        reveal: () => this.context.host.notify('reveal', { capture: capture.id, sequence: side, ...span }),
      });
    });
    this.#rows.forEach(({ element: row }, at) => (row.hidden = at >= shown.length));
  }

  #partnerRow(at: number): PartnerRow {
    const row = (this.#rows[at] ??= new PartnerRow());
    if (row.element.parentElement === null) this.#partners.append(row.element);
    return row;
  }

  async #expect(focus: Focus): Promise<void> {
    const position = focus.to - 1;
    const key = focus.capture.id * 100_000 + position;
    this.#asked = key;
    try {
      const found = await focus.capture.probabilities(position);
      if (this.#asked === key) this.#listFollowing(found);
    } catch (error) {
      if (this.#asked === key) this.#following.replaceChildren(element('p', { class: 'muted' }, errorMessage(error)));
    }
  }

  #listFollowing({ top, actual, entropy }: Probabilities): void {
    const rows = top.map(({ id, text, probability }) => {
      const bar = element('span', { class: 'bar follows' });
      bar.style.width = `${100 * probability}%`;
      return element(
        'tr',
        id === actual?.id ? { class: 'actual' } : {},
        element('td', { class: 'weight' }, bar, element('span', {}, percent(probability))),
        element('td', { class: 'code' }, visible(text)),
        element('td', { class: 'line muted' }, id === actual?.id ? t('follows') : ''),
      );
    });
    const head = element(
      'thead',
      { class: 'spoken' },
      element(
        'tr',
        {},
        ...[t('Probability'), t('Token'), t('Note')].map((text) => element('th', { scope: 'col' }, text)),
      ),
    );
    const place =
      actual === undefined
        ? []
        : [t('{0} follows, in place {1} with {2}', visible(actual.text), actual.rank, percent(actual.probability))];
    const summary = [...place, t('{0} bits of doubt', number(entropy))].join(' · ');
    this.#following.replaceChildren(
      element('p', { class: 'muted' }, summary),
      element('table', { class: 'partners' }, columns('weight', 'grow', 'line'), head, element('tbody', {}, ...rows)),
    );
  }

  /** Waits until the pointing has come to rest: a live region that never ends says nothing. */
  #speak(focus: Focus): void {
    clearTimeout(this.#spoken);
    this.#spoken = window.setTimeout(
      () =>
        this.context.announce(
          focus.against === undefined ? speakFocus(focus) : nameOfSpan(focus.capture, focus.own, focus.from, focus.to),
        ),
      250,
    );
  }
}
