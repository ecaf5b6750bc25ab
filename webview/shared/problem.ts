/** The line of a page that says why something failed, until something succeeds; used by pages in an editor of their own. */
import { errorMessage } from '../../src/common/errorMessage';
import { element } from './dom';

export class Problem {
  readonly element = element('p', { class: 'error', role: 'alert', hidden: true });

  /** Does the work; where that fails, says why. */
  async attempt(work: () => Promise<void>): Promise<void> {
    try {
      await work();
      this.element.hidden = true;
    } catch (error) {
      this.element.textContent = errorMessage(error);
      this.element.hidden = false;
    }
  }
}
