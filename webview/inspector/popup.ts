/** Button with a small box that opens below it and closes on Escape. Used by the compare and export menus. */
import { element, icon } from '../shared/dom';
import { button } from './controls';

/** A button and the box below it that it opens. Escape, or choosing something, closes it. */
export class Popup {
  readonly button: HTMLElement;
  readonly element: HTMLElement;

  constructor(
    id: string,
    label: string,
    drawing: string,
    private readonly fill: () => readonly (Node | string)[],
  ) {
    this.element = element('div', { class: 'popup', id, role: 'group', 'aria-label': label, hidden: true });
    this.button = button(label, 'icon', () => this.#toggle(), icon(drawing));
    this.button.setAttribute('aria-expanded', 'false');
    this.button.setAttribute('aria-controls', id);
    this.element.addEventListener('keydown', (event) => {
      if (event.key !== 'Escape') return;
      this.close();
      this.button.focus();
    });
  }

  get open(): boolean {
    return !this.element.hidden;
  }

  close(): void {
    this.element.hidden = true;
    this.button.setAttribute('aria-expanded', 'false');
  }

  #toggle(): void {
    if (this.open) {
      this.close();
      return;
    }
    this.element.replaceChildren(...this.fill());
    this.element.hidden = false;
    this.button.setAttribute('aria-expanded', 'true');
    this.element.querySelector<HTMLElement>('vscode-button, vscode-dropdown')?.focus();
  }
}
