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
    const grown = edit.inserted.length - (edit.end - edit.start);
    const moved = this.#edits.map((other) =>
      other.path === path && other.start >= edit.end
        ? { ...other, start: other.start + grown, end: other.end + grown }
        : other,
    );
    const pattern = learnEdit(edit);
    const own = pattern && { path, start: edit.start, end: edit.start + edit.inserted.length, pattern };
    this.#edits = (own ? [...moved, own] : moved).slice(-maxEdits);
    return own !== undefined;
  }
}
