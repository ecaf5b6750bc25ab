/** The line below the question that says how far the index is, with a bar and a button. Used by `webview/search/app.ts`. */
import type { SearchState } from '../../src/features/search/messages';
import { element } from '../shared/dom';
import { t } from '../shared/translate';
import { button } from './notices';

/** Hidden where there is nothing to say. */
export class ProgressLine {
  readonly node = element('div', { class: 'progress', hidden: true });

  constructor(private readonly act: (action: 'pause' | 'resume') => void) {}

  show({ kind, sentence, coverage = 0 }: SearchState): void {
    this.node.hidden = kind === 'failed' || kind === 'noWorkspace' || sentence === '';
    const focused = this.node.contains(document.activeElement);
    this.node.replaceChildren(element('span', { class: 'muted' }, sentence));
    if (kind === 'indexing' || kind === 'refining')
      this.node.append(
        button(t('Pause'), () => this.act('pause')),
        bar(coverage),
      );
    if (kind === 'paused')
      this.node.append(
        button(t('Resume'), () => this.act('resume')),
        bar(coverage),
      );
    if (focused) this.node.querySelector('button')?.focus();
  }
}

/** @param share 0…1 */
function bar(share: number): HTMLElement {
  const done = element('div', { class: 'done' });
  done.style.width = `${share * 100}%`;
  return element(
    'div',
    {
      class: 'track',
      role: 'progressbar',
      'aria-label': t('Indexing'),
      'aria-valuemin': 0,
      'aria-valuemax': 100,
      'aria-valuenow': Math.floor(share * 100),
    },
    done,
  );
}
