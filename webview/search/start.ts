/**
 * What the search view shows before anything was asked: pinned and recent questions, three questions about this workspace,
 * filters and keys. Used by `webview/search/app.ts`.
 */
import type { ShownExample } from '../../src/features/search/messages';
import { element, icon } from '../shared/dom';
import { t } from '../shared/translate';
import { allKeys } from './keys';

/** How many of the questions that were asked are listed; the arrow keys go through all. */
const maxRecent = 5;

export interface StartActions {
  /** Puts a text into the input. */
  readonly ask: (text: string) => void;
  readonly togglePin: (text: string) => void;
}

export interface Asked {
  readonly pinned: readonly string[];
  /** Newest first. */
  readonly recent: readonly string[];
}

export const pinPath = 'M5 1.5h6M6 1.5v5L3.5 9h9L10 6.5v-5M8 9v5.5';

/** @param examples questions about this workspace; none while there is nothing to ask for */
export function start(
  { pinned, recent }: Asked,
  examples: readonly ShownExample[],
  actions: StartActions,
): HTMLElement {
  const list = (title: string, questions: readonly string[], isPinned: boolean): HTMLElement[] =>
    questions.length === 0
      ? []
      : [
          element('h2', {}, title),
          element('div', { class: 'asked' }, ...questions.map((text) => asked(text, isPinned, actions))),
        ];
  const others = recent.filter((text) => !pinned.includes(text)).slice(0, maxRecent);
  return element(
    'div',
    { class: 'notice help' },
    element('p', {}, t('Ask for code in your own words, or by the names in it.')),
    ...list(t('Pinned'), pinned, true),
    ...list(t('Recent'), others, false),
    ...taught(examples, actions),
    element('h2', {}, t('Narrow it down')),
    ...filters().map(([filter, meaning]) => row('code', filter, meaning)),
    element('h2', {}, t('Keys')),
    ...allKeys().map(([key, meaning]) => row('kbd', key, meaning)),
    element(
      'p',
      { class: 'muted' },
      t('The index is made on this machine when you first search, and never leaves it.'),
    ),
  );
}

function asked(text: string, isPinned: boolean, { ask, togglePin }: StartActions): HTMLElement {
  const question = element('button', { class: 'question', type: 'button', title: text }, text);
  question.addEventListener('click', () => ask(text));
  const label = isPinned ? t('Unpin {0}', text) : t('Pin {0}', text);
  const pin = element(
    'button',
    { class: 'action', type: 'button', title: label, 'aria-label': label, 'aria-pressed': String(isPinned) },
    icon(pinPath),
  );
  pin.addEventListener('click', () => togglePin(text));
  return element('div', { class: 'pinnable' }, question, pin);
}

function taught(examples: readonly ShownExample[], { ask }: StartActions): HTMLElement[] {
  if (examples.length === 0) return [];
  const lessons: Readonly<Record<ShownExample['kind'], string>> = {
    sentence: t('what code does, in a sentence'),
    name: t('the words of a name'),
    filter: t('the same, narrowed down'),
  };
  return [
    element('h2', {}, t('Try it in this workspace')),
    ...examples.map(({ kind, text }) => {
      const example = element('button', { class: 'button', type: 'button' }, text);
      example.addEventListener('click', () => ask(text));
      return element('div', { class: 'example' }, example, element('span', { class: 'muted' }, lessons[kind]));
    }),
  ];
}

const filters = (): readonly (readonly [string, string])[] => [
  ['lang:python', t('files of a language')],
  ['path:src', t('files below a path; also with *')],
  ['-path:test', t('files elsewhere')],
  ['symbol:parse', t('inside a definition of this name')],
  ['kind:class', t('definitions of a kind: function, class, type …')],
  ['"exactly this"', t('these words or signs as they stand')],
  ['/retr(y|ies)/', t('a regular expression')],
];

function row(tag: 'kbd' | 'code', name: string, meaning: string): HTMLElement {
  return element('div', { class: 'row' }, element(tag, {}, name), element('span', {}, meaning));
}
