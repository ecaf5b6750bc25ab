/** The line above the hits: how many there are, grouped by folder or not, all in an editor, the question pinned. Used by `app.ts`. */
import { hitsInWords } from '../../src/features/search/messages';
import { element, icon } from '../shared/dom';
import { t } from '../shared/translate';
import { pinPath } from './start';

export interface ToolbarActions {
  readonly togglePin: () => void;
  readonly toggleFolders: () => void;
  readonly openAll: () => void;
}

export interface ToolbarState {
  readonly hits: number;
  readonly files: number;
  readonly byFolder: boolean;
  readonly isPinned: boolean;
  /** Code whose like is looked for cannot be asked again later. */
  readonly mayPin: boolean;
}

const icons = {
  folders: 'M1.5 3.5h5l1.5 2h6.5v8h-13z',
  openAll: 'M3.5 1.5h7l2 2v11h-9zM5.5 6.5h5M5.5 9h5M5.5 11.5h3',
};

/** Shown while there are hits. */
export class Toolbar {
  readonly node = element('div', { class: 'toolbar', role: 'toolbar', 'aria-label': t('Hits'), hidden: true });
  readonly #count = element('span', { class: 'muted' });
  readonly #pin: HTMLButtonElement;
  readonly #folders: HTMLButtonElement;

  constructor(actions: ToolbarActions) {
    this.#pin = button(t('Pin this question'), pinPath, actions.togglePin);
    this.#folders = button(t('Group by folder'), icons.folders, actions.toggleFolders);
    this.node.append(
      this.#count,
      this.#pin,
      this.#folders,
      button(t('Open all hits in an editor'), icons.openAll, actions.openAll),
    );
  }

  show({ hits, files, byFolder, isPinned, mayPin }: ToolbarState): void {
    this.node.hidden = hits === 0;
    this.#count.textContent = hitsInWords(hits, files, t);
    this.#pin.hidden = !mayPin;
    this.#pin.setAttribute('aria-pressed', String(isPinned));
    this.#folders.setAttribute('aria-pressed', String(byFolder));
  }

  hide(): void {
    this.node.hidden = true;
  }
}

function button(label: string, path: string, act: () => void): HTMLButtonElement {
  const made = element('button', { class: 'action', type: 'button', title: label, 'aria-label': label }, icon(path));
  made.addEventListener('click', act);
  return made;
}
