/**
 * Connects features with the inspector: what can be explained (suggestion, summary, search hit), and the call that
 * opens it. Used by completion, summaries, search and the inspector, which do not import each other for it.
 */
import type { ServerToken } from '../servers/protocols/types';
import type { CopiedFrom } from '../ipc/engine/protocol';

/** What can be asked "why?": made by one feature, looked into by another, which therefore need not know each other. */
export interface ExplainableSuggestion {
  readonly kind: 'suggestion';
  /** URI of the document, as a string. */
  readonly document: string;
  /** Absolute path of the model folder that wrote it. */
  readonly model: string;
  readonly promptIds: Int32Array;
  readonly tokens: readonly { readonly id: number; readonly text: string; readonly logprob: number }[];
  /** The text before the cursor that it was written for, as far as it was sent; line ends are `\n`. */
  readonly prefix: string;
  readonly accepted: boolean;
  /** What would be inserted, or was. */
  readonly text: string;
  /** The same for all that were offered to be gone through at one time. */
  readonly offering: object;
  /** Where it was copied from, where the model did not write it. */
  readonly copied?: CopiedFrom | undefined;
  /** Paths of the other places that the model was shown, each once. */
  readonly shown?: readonly string[] | undefined;
  /** Where a server wrote it: its tokens with the likeliest at each place. It tells nothing of attention. */
  readonly server?:
    { readonly origin: string; readonly model: string; readonly tokens: readonly ServerToken[] } | undefined;
  /** Whether it would be offered at a place where this is the text before the cursor; line ends are `\n`. */
  readonly fits: (before: string) => boolean;
}

/** A summary's sentence: the prompt that it was written from, and its tokens. */
export interface ExplainableSummary {
  readonly kind: 'summary';
  readonly document: string;
  readonly model: string;
  readonly promptIds: Int32Array;
  readonly tokens: readonly { readonly id: number; readonly text: string; readonly logprob: number }[];
}

/** A search hit: the question and the piece of a file that was found for it, as both were embedded. */
export interface ExplainableHit {
  readonly kind: 'hit';
  readonly document: string;
  /** UTF-16 offsets in the document. */
  readonly start: number;
  readonly end: number;
  /** Absolute path of the model folder: an encoder, or a table of token vectors. */
  readonly model: string;
  readonly isTable: boolean;
  readonly question: string;
  readonly code: string;
  /** The definitions that the code stands in, which were embedded with it. */
  readonly around: string;
  /** The cosine by which it was found; undefined where words alone were compared. */
  readonly score: number | undefined;
}

export type Explainable = ExplainableSuggestion | ExplainableSummary | ExplainableHit;

/** Where a feature says what of its own can be looked into, and where the inspector is asked to do so. */
export class Explainables {
  #suggestions: (document: string) => readonly ExplainableSuggestion[] = () => [];
  #inspector: ((subject: Explainable) => Promise<void>) | undefined;

  /** @param source gives the latest suggestions of a document, newest first; called only when they are asked for */
  provideSuggestions(source: (document: string) => readonly ExplainableSuggestion[]): void {
    this.#suggestions = source;
  }

  /**
   * The suggestion on screen, where the text before the cursor tells; else the last one that was taken; else the last.
   * Several where one of them is on screen: which one the user has gone on to, the editor does not say.
   */
  suggestionsAt(document: string, before: string): readonly ExplainableSuggestion[] {
    const known = this.#suggestions(document);
    const shown = known.find((suggestion) => !suggestion.accepted && suggestion.fits(before));
    if (shown !== undefined) return known.filter(({ accepted, offering }) => !accepted && offering === shown.offering);
    const last = known.find(({ accepted }) => accepted) ?? known[0];
    return last === undefined ? [] : [last];
  }

  /** @param inspect shows a subject in the panel; rejects with a sentence where it cannot */
  provideInspector(inspect: (subject: Explainable) => Promise<void>): void {
    this.#inspector = inspect;
  }

  /** Shows a subject in the panel. @throws {Error} where there is no inspector, or with the reason why it does not work */
  async inspect(subject: Explainable): Promise<void> {
    if (this.#inspector === undefined) throw new Error('There is no inspector.');
    await this.#inspector(subject);
  }
}
