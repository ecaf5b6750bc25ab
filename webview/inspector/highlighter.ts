/**
 * Sends the heat of the token pointed at to the host, which draws it in the editor; at most one message every 50
 * milliseconds. Created by `app.ts`.
 */
import type { PanelContext } from './context';
import type { FocusFinder } from './focus';
import { strengths } from './model/heat';
import { isSimilarity } from './similarity';

/** Milliseconds between two messages at least: the editor draws heat no faster. */
const everyMs = 50;

/** Has the editor show the heat of what is pointed at on the source itself. */
export class Highlighter {
  #waiting = 0;

  constructor(
    private readonly context: PanelContext,
    private readonly finder: FocusFinder,
  ) {
    finder.subscribe(() => this.#sendSoon());
    context.store.subscribe((state, before) => {
      if (state.threshold !== before.threshold || state.gamma !== before.gamma) this.#sendSoon();
    });
  }

  #sendSoon(): void {
    if (this.#waiting !== 0) return;
    this.#waiting = window.setTimeout(() => {
      this.#waiting = 0;
      this.#send();
    }, everyMs);
  }

  #send(): void {
    const focus = this.finder.current;
    if (focus === undefined) {
      this.context.host.notify('clearHighlight', {});
      return;
    }
    const { capture, own, side, from, to, direction, values } = focus;
    const { threshold, gamma } = this.context.store.state;
    if (isSimilarity(capture)) {
      // The question is in no file; what speaks against the code has no heat of its own there.
      const marked = own === 1 ? { from, to } : { from: 0, to: 0 };
      this.context.host.notify('highlight', {
        capture: capture.id,
        sequence: 1,
        ...marked,
        direction: 'reads',
        values: strengths(this.finder.onCode(capture, focus), { threshold, gamma }),
      });
      return;
    }
    // Heat on tokens of another text than the one pointed at has nothing to point from.
    const pointed = own === side ? { from, to } : { from: 0, to: 0 };
    this.context.host.notify('highlight', {
      capture: capture.id,
      sequence: side,
      ...pointed,
      direction,
      values: strengths(values, { threshold, gamma }),
    });
  }
}
