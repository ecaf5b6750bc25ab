/**
 * Follows the suggestion that is on screen and tells, once for each that was shown, what became of it: taken, typed, typed
 * over or left. Fed with offers, edits and cursors by `learning.vscode.ts`; knows no clock of its own and keeps one text.
 */

/** A replacement in a document; offsets and lengths in UTF-16 units, as they were before it. */
export interface TextChange {
  readonly rangeOffset: number;
  readonly rangeLength: number;
  readonly text: string;
}

/** A suggestion as it was handed to the editor. */
export interface Offer {
  readonly id: number;
  readonly document: string;
  readonly languageId: string;
  /** Of the cursor. */
  readonly offset: number;
  /** What stands right of the cursor once it is taken. */
  readonly text: string;
  /** 0…1 */
  readonly confidence: number;
}

/** `left`: the cursor went elsewhere, or another suggestion took its place, and nothing was typed that differs. */
export type Fate = 'taken' | 'takenPartly' | 'typedOut' | 'typedOver' | 'left';

/** A stretch of a document; its length there counts `\r\n` as two. */
export interface InsertedText {
  readonly offset: number;
  readonly length: number;
  /** With `\n` at line ends. */
  readonly text: string;
}

/** What became of a suggestion that was shown. */
export interface SuggestionOutcome {
  readonly offer: Offer;
  readonly fate: Fate;
  /** How often a next word, and a next line, was taken of it. */
  readonly words: number;
  readonly lines: number;
  /** Characters that were put into the document by the editor, less one for each key that it took. */
  readonly keysSaved: number;
  /** What of the text stands in the document, and where, if any of it was taken. */
  readonly inserted: InsertedText | undefined;
}

/** The stable API does not tell what is drawn: a suggestion that nothing has moved under for so long was. Milliseconds. */
export const shownAfterMs = 200;

/** Closers that an editor writes together with the bracket or quote that was typed. */
const closers = /^[)\]}>"'`]+$/;

interface Followed {
  readonly first: Offer;
  id: number;
  /** Of the cursor now, and what is still to come behind it. */
  offset: number;
  rest: string;
  /** What stands before the cursor already, and its length in the document. */
  done: string;
  length: number;
  /** When it was offered or went on last. */
  since: number;
  isShown: boolean;
  words: number;
  lines: number;
  keysSaved: number;
  /** How the last of the text came, once all of it stands there. */
  end: 'typed' | 'taken' | undefined;
}

/** Follows one suggestion at a time: an editor shows no more. All times are milliseconds of one clock that does not go back. */
export class OutcomeTracker {
  #followed: Followed | undefined;

  constructor(private readonly tell: (outcome: SuggestionOutcome) => void) {}

  /** The document that a suggestion is followed in. */
  get document(): string | undefined {
    return this.#followed?.first.document;
  }

  /** The editor was given a suggestion. It is the same as before where it goes on with what is left of that one. */
  offered(offer: Offer, now: number): void {
    const old = this.#followed;
    const goesOn =
      old?.end === undefined &&
      old?.first.document === offer.document &&
      old.offset === offer.offset &&
      offer.text.startsWith(old.rest);
    if (goesOn) {
      this.#see(old, now);
      old.id = offer.id;
      old.rest = offer.text;
      return;
    }
    this.close(now);
    this.#followed = {
      first: offer, id: offer.id, offset: offer.offset, rest: offer.text, done: '', length: 0, since: now,
      isShown: false, words: 0, lines: 0, keysSaved: 0, end: undefined,
    }; // prettier-ignore
  }

  /** A document was changed; all changes are told in offsets of the text before. */
  edited(document: string, changes: readonly TextChange[], now: number): void {
    const followed = this.#followed;
    if (followed?.first.document !== document || changes.length === 0) return;
    this.#see(followed, now);
    if (followed.end !== undefined) {
      this.#finish(followed);
      return;
    }
    let moved = 0;
    const { offset } = followed;
    followed.since = now;
    for (const change of changes) {
      if (change.rangeOffset + change.rangeLength < offset) moved += change.text.length - change.rangeLength;
      else if (change.rangeOffset <= offset) {
        if (!this.#goesOn(followed, change)) {
          this.#finish(followed, change.text === '' ? 'left' : 'typedOver');
          return;
        }
      }
    }
    followed.offset += moved;
  }

  /** The cursor stands at an offset. */
  moved(document: string, offset: number, now: number): void {
    const followed = this.#followed;
    if (followed?.first.document === document && followed.offset !== offset) this.close(now);
  }

  /** The editor says that a suggestion was taken to its end. */
  accepted(id: number): void {
    const followed = this.#followed;
    if (followed?.id !== id) return;
    // Where the edit was not understood, it is not known where the text stands.
    if (followed.end === undefined) followed.done = '';
    followed.isShown = true;
    followed.end = 'taken';
    this.#finish(followed);
  }

  /** Nothing of it is on screen any more. */
  close(now: number): void {
    if (this.#followed === undefined) return;
    this.#see(this.#followed, now);
    this.#finish(this.#followed);
  }

  #see(followed: Followed, now: number): void {
    if (now - followed.since >= shownAfterMs) followed.isShown = true;
  }

  /** @returns false where what was put in is not what the text says */
  #goesOn(followed: Followed, { rangeOffset, text }: TextChange): boolean {
    const before = followed.offset - rangeOffset;
    const raw = text.slice(before);
    const inserted = raw.replaceAll('\r\n', '\n');
    if (text.length < before || inserted === '') return false;
    const { rest } = followed;
    // The editor writes what follows the cursor's line anew where the text takes its place.
    const whole = inserted.startsWith(rest) && inserted.length > 1;
    const count = whole
      ? rest.length
      : rest.startsWith(inserted)
        ? inserted.length
        : rest !== '' && inserted.startsWith(rest.charAt(0)) && closers.test(inserted.slice(1))
          ? 1
          : 0;
    if (count === 0) return false;
    const took = inserted.slice(0, count);
    // Line ends that count as two in the document.
    const length = count + (raw.length === inserted.length ? 0 : took.split('\n').length - 1);
    followed.rest = rest.slice(count);
    followed.done += took;
    followed.offset += length;
    followed.length += length;
    if (count === 1) {
      if (followed.rest === '') followed.end = 'typed';
      return true;
    }
    // Nobody types several characters at once.
    followed.isShown = true;
    followed.keysSaved += count - 1;
    if (followed.rest === '') followed.end = 'taken';
    else if (took.includes('\n') || followed.rest.startsWith('\n')) followed.lines += 1;
    else followed.words += 1;
    return true;
  }

  #finish(followed: Followed, fate: 'left' | 'typedOver' = 'left'): void {
    this.#followed = undefined;
    if (!followed.isShown) return;
    const { first, words, lines, keysSaved, done, length, offset } = followed;
    const told = inFull(followed) ?? (words + lines > 0 ? 'takenPartly' : fate);
    const isThere = (told === 'taken' || told === 'takenPartly') && done !== '';
    this.tell({
      offer: first,
      fate: told,
      words,
      lines,
      keysSaved,
      inserted: isThere ? { offset: offset - length, length, text: done } : undefined,
    });
  }
}

/** What became of a suggestion whose whole text stands there. */
function inFull({ end, words, lines }: Followed): Fate | undefined {
  if (end === undefined) return undefined;
  return end === 'taken' || words + lines > 0 ? 'taken' : 'typedOut';
}
