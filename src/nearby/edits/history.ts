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

/** Older ones say little about what comes next. */
const maxEdits = 20;

export class EditHistory {
  #edits: readonly RecentEdit[] = [];

  /** The latest last. */
  get edits(): readonly RecentEdit[] {
    return this.#edits;
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

  /** Goes back to edits that were the last ones once. */
  restore(edits: readonly RecentEdit[]): void {
    this.#edits = edits;
  }

  #move(path: string, from: number, by: number): void {
    this.#edits = this.#edits.map((edit) =>
      edit.path === path && edit.start >= from ? { ...edit, start: edit.start + by, end: edit.end + by } : edit,
    );
  }
}
