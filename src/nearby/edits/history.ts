/**
 * Keeps the user's last edits and where they stand now; the next edit is learnt from them. Knows nothing of the editor: each
 * edit is handed to it.
 */
import { learnEdit } from './editPattern';
import type { EditPattern, MadeEdit } from './editPattern';

/** An edit that was made, and where it stands now: UTF-16 units. */
export interface RecentEdit {
  readonly path: string;
  readonly start: number;
  readonly end: number;
  readonly pattern: EditPattern;
}

/** A place where an edit was proposed, and the user did something else. */
export interface PassedPlace {
  readonly path: string;
  readonly start: number;
  readonly end: number;
  /** The edit that was proposed again there. */
  readonly pattern: EditPattern;
}

/** What the user did last. */
export interface RecentWork {
  /** The latest last. */
  readonly edits: readonly RecentEdit[];
  readonly passed: readonly PassedPlace[];
}

/** Older ones say little about what comes next. */
const maxEdits = 40;
const maxPassed = 40;

export class EditHistory {
  #edits: readonly RecentEdit[] = [];
  #passed: readonly PassedPlace[] = [];

  /** The latest last. */
  get edits(): readonly RecentEdit[] {
    return this.#edits;
  }

  /** An edit was proposed at a place, and the user did something else. */
  pass(place: PassedPlace): void {
    this.#passed = [...this.#passed, place].slice(-maxPassed);
  }

  /** @returns whether something can be learnt from it: not from blanks, nor from long changes */
  add(path: string, edit: MadeEdit): boolean {
    // What is changed again was no edit of its own.
    this.#edits = this.#edits.filter((one) => one.path !== path || one.start >= edit.end || one.end <= edit.start);
    this.#move(path, edit.end, edit.inserted.length - (edit.end - edit.start));
    const pattern = learnEdit(edit);
    const own = pattern && { path, start: edit.start, end: edit.start + edit.inserted.length, pattern };
    if (own) this.#edits = [...this.#edits, own].slice(-maxEdits);
    return own !== undefined;
  }

  /**
   * A part of a file was replaced by what is no edit of the user's: an edit that stood there is one no longer.
   *
   * @param start of the part before, as `end` is
   * @param length of what stands there now
   */
  replaced(path: string, start: number, end: number, length: number): void {
    this.#edits = this.#edits.filter((edit) => edit.path !== path || edit.start > end || edit.end < start);
    this.#move(path, end, length - (end - start));
  }

  /** As things are now. */
  get work(): RecentWork {
    return { edits: this.#edits, passed: this.#passed };
  }

  /** Goes back to how things were once. */
  restore({ edits, passed }: RecentWork): void {
    this.#edits = edits;
    this.#passed = passed;
  }

  #move(path: string, from: number, by: number): void {
    const moved = <Place extends { path: string; start: number; end: number }>(places: readonly Place[]): Place[] =>
      places.map((place) =>
        place.path === path && place.start >= from ? { ...place, start: place.start + by, end: place.end + by } : place,
      );
    this.#edits = moved(this.#edits);
    this.#passed = moved(this.#passed);
  }
}
