/**
 * The document that a capture comes from: gives each token its range, follows edits, and tells whether the text still
 * holds. Used by `captureRequest.vscode.ts`, `decorations.vscode.ts` and `relations.vscode.ts`; no VS Code in it.
 */
import type { CaptureDescription } from '../../ipc/engine/messages/attention';
import { Anchors } from './anchors';
import type { DocumentChange } from './anchors';
import { firstLinesOf, placesOf, tokenOffsets } from './places';
import type { InputOrigin } from './places';

/** A document that a capture was made of, as it was then. */
export interface SourceDocument {
  /** URI as a string. */
  readonly uri: string;
  /** Its whole text with its own line ends. */
  readonly text: string;
  /** As VS Code names it. */
  readonly languageId: string;
}

/** The tie between a capture and the document that its text stands in. */
export class CaptureSource {
  readonly #plain: string;
  readonly #eol: 1 | 2;
  #anchors: Anchors[] = [];
  #captured: Int32Array[] = [];
  #behind: DocumentChange[][] = [];

  /** @param origin offsets in the text with `\n` for line ends; `sequence`: the only one that is of the document */
  constructor(
    readonly document: SourceDocument,
    private readonly origin: Omit<InputOrigin, 'text'> & { readonly sequence?: number },
  ) {
    this.#plain = document.text.replaceAll('\r\n', '\n');
    this.#eol = document.text.includes('\r\n') ? 2 : 1;
  }

  /** Lines of the document, counted from 1, that the segments of another capture of it begin on. */
  linesOf({ sequences }: Pick<CaptureDescription, 'sequences'>): number[][] {
    return this.#placesOf(sequences).map((own) => firstLinesOf(this.#plain, own));
  }

  /** Ties the capture's tokens to the document, edits made since it was read included. @returns as {@link linesOf} */
  locate({ sequences }: Pick<CaptureDescription, 'sequences'>): number[][] {
    const places = this.#placesOf(sequences);
    this.#captured = sequences.map((sequence, i) => tokenOffsets(sequence, this.#plain, places[i] ?? [], this.#eol));
    this.#anchors = this.#captured.map((offsets) => new Anchors(offsets, this.document.text));
    for (const edits of this.#behind) for (const anchors of this.#anchors) anchors.apply(edits);
    return places.map((own) => firstLinesOf(this.#plain, own));
  }

  /** Where the tokens of a sequence stood in the document as it was captured: two offsets for each, -1 where in none. */
  offsets(sequence: number): Int32Array {
    return this.#captured[sequence] ?? new Int32Array(0);
  }

  #placesOf(sequences: CaptureDescription['sequences']): (number | undefined)[][] {
    const { sequence: only, ...origin } = this.origin;
    return sequences.map((sequence, index) =>
      only === undefined || only === index
        ? placesOf(sequence, { ...origin, text: this.#plain })
        : sequence.segments.map(() => undefined),
    );
  }

  edit(edits: readonly DocumentChange[]): void {
    if (this.#anchors.length === 0) this.#behind.push([...edits]);
    for (const anchors of this.#anchors) anchors.apply(edits);
  }

  /** Whether the document still says what was captured. */
  holds(text: string): boolean {
    return this.#anchors.every((anchors) => anchors.holds(text));
  }

  /** Offsets in the document as it is now; undefined where the token is not in it. */
  range(sequence: number, token: number): { start: number; end: number } | undefined {
    return this.#anchors[sequence]?.range(token);
  }

  tokenAt(offset: number): { sequence: number; token: number } | undefined {
    for (const [sequence, anchors] of this.#anchors.entries()) {
      const token = anchors.tokenAt(offset);
      if (token !== undefined) return { sequence, token };
    }
    return undefined;
  }
}
