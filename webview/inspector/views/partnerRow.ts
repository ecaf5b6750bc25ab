/**
 * One row of the detail view's table, updated in place so that pointer moves create no elements. Used by `detail.ts`.
 */
import { element } from '../../shared/dom';
import { t } from '../../shared/translate';

/** A token that what is pointed at read, or that read it. */
export interface Partner {
  readonly kind: 'reads' | 'readBy' | 'other';
  /** Of the strongest one's weight, 0…1. */
  readonly part: number;
  readonly share: string;
  readonly text: string;
  readonly line: string;
  readonly reveal: () => void;
}

/** Its row in the table. It stays when what it shows changes, which it does with every move of the pointer. */
export class PartnerRow {
  readonly #bar = element('span', { class: 'bar' });
  readonly #share = element('span');
  readonly #button = element('button', { class: 'plain code', tabindex: -1, title: t('Show in the editor') });
  readonly #line = element('td', { class: 'line muted' });
  readonly element = element(
    'tr',
    {},
    element('td', { class: 'weight' }, this.#bar, this.#share),
    element('td', {}, this.#button),
    this.#line,
  );
  #shown: Partner | undefined;

  constructor() {
    this.#button.addEventListener('click', () => this.#shown?.reveal());
  }

  show(partner: Partner): void {
    const before = this.#shown;
    this.#shown = partner;
    if (before?.kind !== partner.kind) this.#bar.className = `bar ${partner.kind}`;
    if (before?.part !== partner.part) this.#bar.style.width = `${100 * partner.part}%`;
    if (before?.share !== partner.share) this.#share.textContent = partner.share;
    if (before?.text !== partner.text) this.#button.textContent = partner.text;
    if (before?.line !== partner.line) this.#line.textContent = partner.line;
  }
}
