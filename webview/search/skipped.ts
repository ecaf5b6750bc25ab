/** The line at the end of the search view that says how many files are not searched, and their list. Used by `app.ts`. */
import type { SkippedList } from '../../src/features/search/messages';
import { element } from '../shared/dom';
import { t } from '../shared/translate';

/** A line that unfolds into the list, by reason; nothing where all files are searched. */
export class Skipped {
  readonly node = element('details', { class: 'skipped', hidden: true });

  /** @param open opens a file of the list, by its number */
  constructor(private readonly open: (file: number) => void) {}

  show({ total, groups, more }: SkippedList): void {
    this.node.hidden = total === 0;
    const summary = element(
      'summary',
      {},
      total === 1 ? t('1 file is not searched') : t('{0} files are not searched', total),
    );
    const lists = groups.map(({ reason, files }) =>
      element('div', {}, element('h2', {}, reason), ...files.map((file) => this.#row(file))),
    );
    const rest = more === 0 ? [] : [element('p', { class: 'muted' }, t('and {0} more', more))];
    const ignored = t('What git ignores, what the editor hides and files that usually hold secrets are not looked at.');
    const focused = this.node.contains(document.activeElement);
    this.node.replaceChildren(
      summary,
      element('div', { class: 'list' }, ...lists, ...rest, element('p', { class: 'muted' }, ignored)),
    );
    if (focused) summary.focus();
  }

  #row({ number, name, folder }: SkippedList['groups'][number]['files'][number]): HTMLElement {
    const row = element(
      'button',
      { class: 'row', type: 'button' },
      element('span', {}, name),
      element('span', { class: 'muted' }, folder),
    );
    row.addEventListener('click', () => this.open(number));
    return row;
  }
}
