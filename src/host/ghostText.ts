/**
 * Where Glassbox offers ghost text: the next edit is not shown beside it, and where that is ghost text itself no other is asked
 * for. Used by completion and the next edit, which do not import each other. Knows nothing of what others offer.
 */
import { Listeners } from '../common/listeners';

/** A place in a document, in one of its versions. */
export interface GhostPlace {
  /** URI. */
  readonly document: string;
  readonly version: number;
  readonly line: number;
  readonly character: number;
}

const same = (a: GhostPlace | undefined, b: GhostPlace): boolean =>
  a?.document === b.document && a.version === b.version && a.line === b.line && a.character === b.character;

export class GhostText {
  #completion: GhostPlace | undefined;
  #edit: GhostPlace | undefined;
  readonly #listeners = new Listeners();
  /** Adds a listener, called when a completion is offered at another place than before, or no longer. */
  readonly onDidChange = this.#listeners.add;

  /** A completion is offered there; nowhere where none is given. */
  offerCompletion(place: GhostPlace | undefined): void {
    if (place === this.#completion || (place && same(this.#completion, place))) return;
    this.#completion = place;
    this.#listeners.notify();
  }

  /** The next edit is ghost text there; nowhere where none is given. */
  offerEdit(place: GhostPlace | undefined): void {
    this.#edit = place;
  }

  hasCompletion(place: GhostPlace): boolean {
    return same(this.#completion, place);
  }

  hasEdit(place: GhostPlace): boolean {
    return same(this.#edit, place);
  }
}
