/** Keys that act on a hit, as the search view shows them: all in the help, the most used ones below the hits. */
import { element } from '../shared/dom';
import { t } from '../shared/translate';

type Key = readonly [key: string, meaning: string];

const ofHits = (): readonly Key[] => [
  ['Enter', t('open')],
  ['Space', t('preview')],
  ['→', t('why this hit')],
  ['C', t('callers')],
  ['L', t('what it calls')],
  ['T', t('tests')],
];

/** All of them, for the help. */
export const allKeys = (): readonly Key[] => [
  ['↓', t('into the hits')],
  ...ofHits(),
  ['S', t('why this hit is alike, token by token')],
  ['Ctrl+Enter', t('open to the side')],
  ['Alt+Enter', t('peek')],
  ['Ctrl+C', t('copy as context')],
];

/** A line with the keys of hits. */
export function keyLine(): HTMLElement {
  const parts = ofHits().map(([key, meaning]) => element('span', {}, element('kbd', {}, key), ` ${meaning}`));
  return element('div', { class: 'keys muted', 'aria-hidden': 'true', hidden: true }, ...parts);
}
