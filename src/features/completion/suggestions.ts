/**
 * The last few suggestions offered to the editor, with the tokens and prompt ids behind them and whether they were
 * accepted. Kept by the completer for the inspector; older ones are dropped.
 */
import { BoundedMap } from '../../common/boundedMap';
import type { CompleteParams, CompleteResult } from '../../ipc/engine/protocol';
import type { ServerWriter } from './completes';
import type { Insertion } from './replaceRange';
import type { CursorContext } from './cursorContext';

/** What the model wrote, with all it takes to ask later why: its tokens, their probabilities and the prompt's ids. */
export interface Written {
  /** Where it was asked for. */
  readonly cursor: CursorContext;
  readonly params: CompleteParams;
  readonly result: CompleteResult;
  /** Where a server wrote it. */
  readonly server?: ServerWriter | undefined;
}

/** A suggestion as it was offered to the editor. */
export interface Suggestion extends Insertion {
  readonly id: number;
  /** Where it was offered; the model may have written it for an earlier cursor, see `written.params`. */
  readonly cursor: CursorContext;
  readonly written: Written;
  /** 0…1, that the text, or what is left of it, is exactly what will be written. */
  readonly confidence: number;
  /** Whether the user took all of it. */
  readonly accepted: boolean;
}

/** The latest suggestions, newest last to be forgotten. */
export class Suggestions {
  readonly #suggestions: BoundedMap<number, Suggestion>;
  #nextId = 1;

  constructor(capacity = 20) {
    this.#suggestions = new BoundedMap(capacity);
  }

  add(suggestion: Omit<Suggestion, 'id' | 'accepted'>): Suggestion {
    const added = { ...suggestion, id: this.#nextId++, accepted: false };
    this.#suggestions.set(added.id, added);
    return added;
  }

  /** @returns undefined where the suggestion is forgotten already. */
  accept(id: number): Suggestion | undefined {
    const suggestion = this.#suggestions.get(id);
    if (suggestion === undefined) return undefined;
    const accepted = { ...suggestion, accepted: true };
    this.#suggestions.set(id, accepted);
    return accepted;
  }

  /** The newest suggestion offered in a document. */
  latest(document: string): Suggestion | undefined {
    return this.of(document)[0];
  }

  /** The suggestions offered in a document, newest first. */
  of(document: string): Suggestion[] {
    return this.#suggestions
      .newestFirst()
      .flatMap(([, suggestion]) => (suggestion.cursor.document === document ? [suggestion] : []));
  }
}
