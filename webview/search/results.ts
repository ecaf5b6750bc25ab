/**
 * List of search hits as an accessible tree, grouped by file or by folder and operated by keyboard. Used by
 * `webview/search/app.ts`, which performs the actions.
 */
import type { SearchAnswer, Group, HitRef, HitRelation } from '../../src/features/search/messages';
import { element } from '../shared/dom';
import { t } from '../shared/translate';
import { byFolder } from './folders';
import { fileRow, folderRow, hitRow } from './rows';
import type { Row } from './rows';

/** What the list asks for. */
export interface ResultActions {
  open(place: HitRef, how: 'open' | 'preview' | 'beside'): void;
  peek(place: HitRef): void;
  copy(place: HitRef): void;
  /** Shows pair by pair why the hit and the question are alike. */
  explain(place: HitRef): void;
  /** Shows what calls it, what it calls, or its tests. */
  related(place: HitRef, relation: HitRelation): void;
  /** The focus goes back to where questions are typed. */
  leave(): void;
}

/** The hits as a tree with one tab stop. */
export class Results {
  readonly node = element('div', { class: 'results', role: 'tree', 'aria-label': t('Hits') });
  #rows: Row[] = [];
  /** Keys of the files and folders that are folded. */
  #folded = new Set<string>();
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

  /**
   * Shows other hits, or the same in another order. The active row stays active where it is still among them; what is unfolded
   * and folded stays so.
   *
   * @param folders whether files stand below their folders
   */
  show({ id, groups }: SearchAnswer, folders: boolean): void {
    const focused = this.hasFocus;
    const at = this.#rows[this.#active]?.key;
    const unfolded = new Set(this.#rows.filter(({ why }) => why?.hidden === false).map(({ key }) => key));
    this.#answer = id;
    this.#rows = folders
      ? byFolder(groups).flatMap(({ name, groups: own, hits }) => [
          this.#foldable(folderRow(name, hits, 1)),
          ...own.flatMap((group) => this.#rowsOf(group, 2)),
        ])
      : groups.flatMap((group) => this.#rowsOf(group, 1));
    const keys = new Set(this.#rows.map(({ key }) => key));
    this.#folded = new Set([...this.#folded].filter((key) => keys.has(key)));
    this.node.classList.toggle('by-folder', folders);
    this.node.replaceChildren(...this.#rows.map(({ node }) => node));
    this.node.scrollTop = 0;
    for (const row of this.#rows) if (unfolded.has(row.key)) this.#toggleWhy(row, true);
    this.#hideFolded();
    this.#active = 0;
    const same = focused ? this.#rows.findIndex(({ key, node }) => key === at && !node.hidden) : -1;
    const next = same >= 0 ? same : this.#firstHit;
    if (focused) this.#focus(next);
    else this.#setActive(next);
  }

  focusFirst(): void {
    this.#focus(this.#firstHit);
  }

  /** Where all are folded, the first row. */
  get #firstHit(): number {
    return Math.max(
      0,
      this.#rows.findIndex(({ hit, node }) => hit !== undefined && !node.hidden),
    );
  }

  /** A file and its hits. */
  #rowsOf(group: Group, level: number): Row[] {
    const place = { answer: this.#answer, level: level + 1 };
    return [
      this.#foldable(fileRow(group, level, level === 1)),
      ...group.hits.map((hit) => hitRow(group, hit, place, this.actions, (row) => this.#toggleWhy(row))),
    ];
  }

  #foldable(row: Row): Row {
    row.node.addEventListener('click', () => this.#fold(row, !this.#folded.has(row.key)));
    return row;
  }

  #fold({ key }: Row, folded: boolean): void {
    if (folded) this.#folded.add(key);
    else this.#folded.delete(key);
    this.#hideFolded();
  }

  /** What stands in a folded row is not seen. */
  #hideFolded(): void {
    let hiddenBelow = Infinity;
    for (const { node, key, level, hit } of this.#rows) {
      if (level <= hiddenBelow) hiddenBelow = Infinity;
      node.hidden = hiddenBelow < level;
      if (hit !== undefined) continue;
      const folded = this.#folded.has(key);
      node.setAttribute('aria-expanded', String(!folded));
      if (folded && hiddenBelow === Infinity) hiddenBelow = level;
    }
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
    switch (`${ctrlKey ? 'Ctrl+' : ''}${altKey ? 'Alt+' : ''}${key.length === 1 ? key.toLowerCase() : key}`) {
      case 'ArrowDown':
        return () => this.#move(1);
      case 'ArrowUp':
        return () => (this.#active === 0 ? this.actions.leave() : this.#move(-1));
      case 'Home':
        return () => this.#focus(0);
      case 'End':
        return () => this.#focus(this.#rows.findLastIndex(({ node }) => !node.hidden));
      case 'PageDown':
        return () => this.#move(5);
      case 'PageUp':
        return () => this.#move(-5);
      case 'ArrowRight':
        return () => (row.hit === undefined ? this.#fold(row, false) : this.#toggleWhy(row, true));
      case 'ArrowLeft':
        return () => this.#goOut(row);
      case 'Enter':
        return onHit((at) => this.actions.open(at, 'open')) ?? (() => this.#fold(row, !this.#folded.has(row.key)));
      case 'Ctrl+Enter':
        return onHit((at) => this.actions.open(at, 'beside'));
      case 'Alt+Enter':
        return onHit((at) => this.actions.peek(at));
      case ' ':
        return onHit((at) => this.actions.open(at, 'preview'));
      case 's':
        return onHit((at) => this.actions.explain(at));
      case 'c':
        return onHit((at) => this.actions.related(at, 'callers'));
      case 'l':
        return onHit((at) => this.actions.related(at, 'callees'));
      case 't':
        return onHit((at) => this.actions.related(at, 'tests'));
      case 'Ctrl+c':
        // A selection is copied as text.
        return window.getSelection()?.isCollapsed === false ? undefined : onHit((at) => this.actions.copy(at));
      case 'Escape':
        return () => this.actions.leave();
      default:
        return undefined;
    }
  }

  /** Hides the reasons, folds what the row holds, or goes to what holds the row. */
  #goOut(row: Row): void {
    if (row.why?.hidden === false) this.#toggleWhy(row, false);
    else if (row.hit === undefined && !this.#folded.has(row.key)) this.#fold(row, true);
    else this.#focus(this.#rows.findLastIndex(({ level }, index) => level < row.level && index < this.#active));
  }

  /** Over so many rows that are seen, and not beyond the ends. */
  #move(rows: number): void {
    const seen = this.#rows.flatMap(({ node }, index) => (node.hidden ? [] : [index]));
    const at = seen.indexOf(this.#active) + rows;
    this.#focus(seen[Math.min(Math.max(at, 0), seen.length - 1)] ?? 0);
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
