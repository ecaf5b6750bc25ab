/** Notices and help shown in the search webview when there are no hits. Used by `webview/search/app.ts`. */
import { element } from '../shared/dom';
import { t } from '../shared/translate';

/** Shown in place of hits. */
export function notice(sentence: string, ...more: (Node | string)[]): HTMLElement {
  return element('div', { class: 'notice' }, element('p', {}, sentence), ...more);
}

export function button(label: string, act: () => void): HTMLElement {
  const made = element('button', { class: 'button', type: 'button' }, label);
  made.addEventListener('click', act);
  return made;
}

/** What can be asked, before anything was. @param ask puts a text into the input */
export function help(ask: (text: string) => void): HTMLElement {
  const filters = [
    ['lang:python', t('files of a language')],
    ['path:src', t('files below a path; also with *')],
    ['-path:test', t('files elsewhere')],
    ['symbol:parse', t('inside a definition of this name')],
    ['kind:class', t('definitions of a kind: function, class, type …')],
    ['"exactly this"', t('these words or signs as they stand')],
    ['/retr(y|ies)/', t('a regular expression')],
  ] as const;
  const keys = [
    ['↓', t('into the hits')],
    ['Enter', t('open')],
    ['Space', t('preview')],
    ['→', t('why this hit')],
    ['S', t('why this hit is alike, token by token')],
    ['Alt+Enter', t('peek')],
    ['Ctrl+C', t('copy as context')],
  ] as const;
  const row = ([name, meaning]: readonly [string, string], tag: 'kbd' | 'code'): HTMLElement =>
    element('div', { class: 'row' }, element(tag, {}, name), element('span', {}, meaning));
  const example = t('where is the retry with back-off?');
  return element(
    'div',
    { class: 'notice help' },
    element('p', {}, t('Ask for code in your own words, or by the names in it.')),
    button(example, () => ask(example)),
    element('h2', {}, t('Narrow it down')),
    ...filters.map((filter) => row(filter, 'code')),
    element('h2', {}, t('Keys')),
    ...keys.map((key) => row(key, 'kbd')),
    element(
      'p',
      { class: 'muted' },
      t('The index is made on this machine when you first search, and never leaves it.'),
    ),
  );
}
