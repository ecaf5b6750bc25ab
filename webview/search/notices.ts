/** Notices and buttons shown in the search webview when there are no hits. Used by `webview/search/app.ts`. */
import { element } from '../shared/dom';

/** Shown in place of hits. */
export function notice(sentence: string, ...more: (Node | string)[]): HTMLElement {
  return element('div', { class: 'notice' }, element('p', {}, sentence), ...more);
}

export function button(label: string, act: () => void): HTMLElement {
  const made = element('button', { class: 'button', type: 'button' }, label);
  made.addEventListener('click', act);
  return made;
}
