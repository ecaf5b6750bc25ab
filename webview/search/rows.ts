/**
 * Draws the rows of the list of hits: folders, files, and hits with their lines and reasons. Used by
 * `webview/search/results.ts`; file text only becomes text nodes.
 */
import type { Group, HitReason, HitRef, ShownHit } from '../../src/features/search/messages';
import { element, icon } from '../shared/dom';
import { t } from '../shared/translate';
import { makeDraggable } from './drag';

/** A row of the tree. */
export interface Row {
  readonly node: HTMLElement;
  /** The same in every answer that has the row. */
  readonly key: string;
  /** From 1: that of a row in another one is larger. */
  readonly level: number;
  /** Undefined for a file or a folder. */
  readonly hit: ShownHit | undefined;
  readonly why: HTMLElement | undefined;
}

/** What the buttons and clicks of a hit do. */
export interface HitActions {
  open(place: HitRef, how: 'open' | 'preview'): void;
  peek(place: HitRef): void;
  copy(place: HitRef): void;
  explain(place: HitRef): void;
}

const icons = {
  why: 'M6 6a2 2 0 1 1 2.8 1.8c-.5.3-.8.7-.8 1.2v.5M8 12h.01M8 1.5a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13',
  peek: 'M1.5 3.5h13v9h-13zM4 6.5h8v3.5H4z',
  copy: 'M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3',
  explain: 'M2 2h12v12H2zM2 6h12M2 10h12M6 2v12M10 2v12',
};

/** @param hits how many are in it */
export function folderRow(name: string, hits: number, level: number): Row {
  const label = name === '' ? t('top folder') : name;
  const node = groupNode('file directory', level, [element('span', { class: 'name' }, label), badge(hits)]);
  return { node, key: JSON.stringify([name]), level, hit: undefined, why: undefined };
}

/** @param showsFolder whether it does not stand below the row of its folder */
export function fileRow({ name, folder, hits }: Group, level: number, showsFolder: boolean): Row {
  const node = groupNode('file', level, [
    element('span', { class: 'name' }, name),
    element('span', { class: 'folder muted' }, showsFolder ? folder : ''),
    badge(hits.length),
  ]);
  const [first] = hits;
  if (first !== undefined)
    makeDraggable(node, first.uri?.replace(/#.*$/, ''), [folder, name].filter(Boolean).join('/'));
  return { node, key: JSON.stringify([folder, name]), level, hit: undefined, why: undefined };
}

const groupNode = (kind: string, level: number, parts: Node[]): HTMLElement =>
  element(
    'div',
    { class: kind, role: 'treeitem', 'aria-level': level, 'aria-expanded': 'true', tabindex: -1 },
    ...parts,
  );

const badge = (hits: number): HTMLElement =>
  element('span', { class: 'count', 'aria-label': t('{0} hits', hits) }, String(hits));

/** @param toggleWhy shows and hides its reasons */
export function hitRow(
  { folder, name }: Group,
  hit: ShownHit,
  { answer, level }: { answer: number; level: number },
  actions: HitActions,
  toggleWhy: (row: Row) => void,
): Row {
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
  const place = { answer, hit: hit.number };
  const title = hit.symbol === '' ? t('line {0}', hit.lines) : hit.symbol;
  // Its head alone is dragged: text of the lines below can be selected.
  const head = element(
    'div',
    { class: 'head' },
    element('span', { class: 'symbol' }, title),
    element('span', { class: 'lines muted' }, hit.symbol === '' ? '' : hit.lines),
    element(
      'span',
      { class: 'actions' },
      button(t('Why this hit?'), icons.why, () => toggleWhy(row)),
      button(t('Why is this alike?'), icons.explain, () => actions.explain(place)),
      button(t('Peek'), icons.peek, () => actions.peek(place)),
      button(t('Copy as context'), icons.copy, () => actions.copy(place)),
    ),
  );
  makeDraggable(head, hit.uri, `${[folder, name].filter(Boolean).join('/')}:${hit.lines}`);
  const node = element(
    'div',
    {
      class: 'hit',
      role: 'treeitem',
      'aria-level': level,
      'aria-expanded': 'false',
      'aria-label': `${title}, ${t('line {0}', hit.lines)}`,
      tabindex: -1,
      // For VS Code's context menu: package.json matches its entries by this object, which their commands receive.
      'data-vscode-context': JSON.stringify({ webviewSection: 'hit', preventDefaultContextMenuItems: true, ...place }),
    },
    head,
    snippetOf(hit),
    why,
  );
  const row: Row = { node, key: JSON.stringify([folder, name, hit.symbol, hit.lines]), level, hit, why };
  node.addEventListener('click', () => actions.open(place, 'preview'));
  node.addEventListener('dblclick', () => actions.open(place, 'open'));
  return row;
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
