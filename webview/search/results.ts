/**
 * List of search hits as an accessible tree, grouped by file and operated by keyboard. Used by
 * `webview/search/app.ts`, which performs the actions; file text only becomes text nodes.
 */
import type { SearchAnswer, Group, ShownHit, HitRef, HitReason } from '../../src/features/search/messages';
import { element, icon } from '../shared/dom';
import { t } from '../shared/translate';

/** What the list asks for. */
export interface ResultActions {
  open(place: HitRef, how: 'open' | 'preview' | 'beside'): void;
  peek(place: HitRef): void;
  copy(place: HitRef): void;
  /** Shows pair by pair why the hit and the question are alike. */
  explain(place: HitRef): void;
  /** The focus goes back to where questions are typed. */
  leave(): void;
}

const icons = {
  why: 'M6 6a2 2 0 1 1 2.8 1.8c-.5.3-.8.7-.8 1.2v.5M8 12h.01M8 1.5a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13',
  peek: 'M1.5 3.5h13v9h-13zM4 6.5h8v3.5H4z',
  copy: 'M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3',
  explain: 'M2 2h12v12H2zM2 6h12M2 10h12M6 2v12M10 2v12',
};

interface Row {
  readonly node: HTMLElement;
  /** The same in every answer that has the hit. */
  readonly key: string;
  /** Undefined for a file. */
  readonly hit: ShownHit | undefined;
  readonly why: HTMLElement | undefined;
}

/** The hits, grouped by file, as a tree with one tab stop. */
export class Results {
  readonly node = element('div', { class: 'results', role: 'tree', 'aria-label': t('Hits') });
  #rows: Row[] = [];
  #answer = 0;
  #active = 0;

  constructor(private readonly actions: ResultActions) {
    this.node.addEventListener('keydown', (event) => this.#onKey(event));
    this.node.addEventListener('focusin', ({ target }) => {
      const index = this.#rows.findIndex(({ node }) => target instanceof Node && node.contains(target));
      if (index >= 0) this.#setActive(index);
    });
  }

  get hasFocus(): boolean {
    return this.node.contains(document.activeElement);
  }

  /** Shows other hits. The active row stays active where it is still among them, and unfolded hits stay so. */
  show({ id, groups }: SearchAnswer): void {
    const focused = this.hasFocus;
    const at = this.#rows[this.#active]?.key;
    const unfolded = new Set(this.#rows.filter(({ why }) => why?.hidden === false).map(({ key }) => key));
    this.#answer = id;
    this.#rows = groups.flatMap((group) => [
      this.#fileRow(group),
      ...group.hits.map((hit) => this.#hitRow(group, hit)),
    ]);
    this.node.replaceChildren(...this.#rows.map(({ node }) => node));
    this.node.scrollTop = 0;
    for (const row of this.#rows) if (unfolded.has(row.key)) this.#toggleWhy(row, true);
    this.#active = 0;
    const same = focused ? this.#rows.findIndex(({ key }) => key === at) : -1;
    const next = same >= 0 ? same : this.#firstHit;
    if (focused) this.#focus(next);
    else this.#setActive(next);
  }

  focusFirst(): void {
    this.#focus(this.#firstHit);
  }

  get #firstHit(): number {
    return this.#rows.findIndex(({ hit }) => hit !== undefined);
  }

  #fileRow({ name, folder, hits }: Group): Row {
    const node = element(
      'div',
      { class: 'file', role: 'treeitem', 'aria-level': 1, 'aria-expanded': 'true', tabindex: -1 },
      element('span', { class: 'name' }, name),
      element('span', { class: 'folder muted' }, folder),
      element('span', { class: 'count', 'aria-label': t('{0} hits', hits.length) }, String(hits.length)),
    );
    return { node, key: JSON.stringify([folder, name]), hit: undefined, why: undefined };
  }

  #hitRow({ folder, name }: Group, hit: ShownHit): Row {
    const why = element('div', { class: 'why', hidden: true }, ...hit.why.map(reasonRow));
    const button = (label: string, path: string, act: () => void): HTMLElement => {
      // Reached with the keys that the help lists: the tree has one tab stop.
      const made = element('button', { class: 'action', tabindex: -1, title: label, 'aria-label': label }, icon(path));
      made.addEventListener('click', (event) => {
        event.stopPropagation();
        act();
      });
      return made;
    };
    const place = { answer: this.#answer, hit: hit.number };
    const title = hit.symbol === '' ? t('line {0}', hit.lines) : hit.symbol;
    const node = element(
      'div',
      {
        class: 'hit',
        role: 'treeitem',
        'aria-level': 2,
        'aria-expanded': 'false',
        'aria-label': `${title}, ${t('line {0}', hit.lines)}`,
        tabindex: -1,
        // For VS Code's context menu: package.json matches its entries by this object, which their commands receive.
        'data-vscode-context': JSON.stringify({
          webviewSection: 'hit',
          preventDefaultContextMenuItems: true,
          ...place,
        }),
      },
      element(
        'div',
        { class: 'head' },
        element('span', { class: 'symbol' }, title),
        element('span', { class: 'lines muted' }, hit.symbol === '' ? '' : hit.lines),
        element(
          'span',
          { class: 'actions' },
          button(t('Why this hit?'), icons.why, () => this.#toggleWhy(row)),
          button(t('Why is this alike?'), icons.explain, () => this.actions.explain(place)),
          button(t('Peek'), icons.peek, () => this.actions.peek(place)),
          button(t('Copy as context'), icons.copy, () => this.actions.copy(place)),
        ),
      ),
      snippetOf(hit),
      why,
    );
    const row: Row = { node, key: JSON.stringify([folder, name, hit.symbol, hit.lines]), hit, why };
    node.addEventListener('click', () => this.actions.open(place, 'preview'));
    node.addEventListener('dblclick', () => this.actions.open(place, 'open'));
    return row;
  }

  #onKey(event: KeyboardEvent): void {
    const row = this.#rows[this.#active];
    if (row === undefined || event.shiftKey || event.metaKey) return;
    const place = row.hit === undefined ? undefined : { answer: this.#answer, hit: row.hit.number };
    const act = this.#actionOf(event, row, place);
    if (act === undefined) return;
    event.preventDefault();
    act();
  }

  #actionOf({ key, ctrlKey, altKey }: KeyboardEvent, row: Row, place: HitRef | undefined): (() => void) | undefined {
    const onHit = (act: (place: HitRef) => void): (() => void) | undefined =>
      place === undefined ? undefined : () => act(place);
    switch (`${ctrlKey ? 'Ctrl+' : ''}${altKey ? 'Alt+' : ''}${key}`) {
      case 'ArrowDown':
        return () => this.#focus(Math.min(this.#active + 1, this.#rows.length - 1));
      case 'ArrowUp':
        return () => (this.#active === 0 ? this.actions.leave() : this.#focus(this.#active - 1));
      case 'Home':
        return () => this.#focus(0);
      case 'End':
        return () => this.#focus(this.#rows.length - 1);
      case 'PageDown':
        return () => this.#focus(Math.min(this.#active + 5, this.#rows.length - 1));
      case 'PageUp':
        return () => this.#focus(Math.max(this.#active - 5, 0));
      case 'ArrowRight':
        return () => this.#toggleWhy(row, true);
      case 'ArrowLeft':
        return () =>
          row.why?.hidden === false
            ? this.#toggleWhy(row, false)
            : this.#focus(this.#rows.findLastIndex(({ hit }, index) => hit === undefined && index < this.#active));
      case 'Enter':
        return onHit((at) => this.actions.open(at, 'open'));
      case 'Ctrl+Enter':
        return onHit((at) => this.actions.open(at, 'beside'));
      case 'Alt+Enter':
        return onHit((at) => this.actions.peek(at));
      case ' ':
        return onHit((at) => this.actions.open(at, 'preview'));
      case 's':
      case 'S':
        return onHit((at) => this.actions.explain(at));
      case 'Ctrl+c':
        // A selection is copied as text.
        return window.getSelection()?.isCollapsed === false ? undefined : onHit((at) => this.actions.copy(at));
      case 'Escape':
        return () => this.actions.leave();
      default:
        return undefined;
    }
  }

  #toggleWhy({ node, why }: Row, open = why?.hidden): void {
    if (why === undefined || open === undefined) return;
    why.hidden = !open;
    node.setAttribute('aria-expanded', String(open));
  }

  #focus(index: number): void {
    const row = this.#rows[index];
    if (row === undefined) return;
    this.#setActive(index);
    row.node.focus();
    row.node.scrollIntoView({ block: 'nearest' });
  }

  #setActive(index: number): void {
    this.#rows[this.#active]?.node.setAttribute('tabindex', '-1');
    this.#active = Math.max(0, index);
    this.#rows[this.#active]?.node.setAttribute('tabindex', '0');
  }
}

/** The lines with what they share with the question marked; every character is a text node's. */
function snippetOf({ snippet: { text, marks } }: ShownHit): HTMLElement {
  const parts: (Node | string)[] = [];
  let at = 0;
  for (const [start, end] of marks) {
    if (start < at || end > text.length) continue;
    parts.push(text.slice(at, start), element('mark', {}, text.slice(start, end)));
    at = end;
  }
  return element('div', { class: 'snippet code' }, ...parts, text.slice(at));
}

function reasonRow({ label, value, share }: HitReason): HTMLElement {
  const bar = element('span', { class: 'bar' });
  if (share !== undefined) {
    const fill = element('span', { class: 'fill' });
    fill.style.width = `${Math.round(share * 100)}%`;
    bar.append(fill);
  }
  return element(
    'div',
    { class: 'reason' },
    element('span', { class: 'label' }, label),
    bar,
    element('span', { class: 'value' }, value),
  );
}
