/**
 * Makes edits of the changes that the editor tells of: what was typed at one place is one edit, whose text before is known. Fed
 * by `nextEdits.vscode.ts`. What nobody typed is no edit. Positions are UTF-16 units of texts with `\n` as line end.
 */
import type { MadeEdit } from '../../nearby/edits/editPattern';
import { EditHistory } from '../../nearby/edits/history';
import type { PassedPlace, RecentEdit, RecentWork } from '../../nearby/edits/history';
import { positionAt } from '../../nearby/edits/placedEdit';
import type { TextPosition } from '../../nearby/edits/placedEdit';
import { shownAround } from './shownAround';
import { editsOf, endOf, textWith, withChanges } from './regions';
import type { ChangedRegion, ReplacedPart } from './regions';

/** What is being edited: places of one document, more than one with several cursors. */
interface OpenEdit {
  readonly path: string;
  readonly before: string;
  readonly regions: readonly ChangedRegion[];
}

/** A part of a document that was edited. */
export interface EditedPart {
  readonly start: TextPosition;
  readonly end: TextPosition;
}

/** What an edit is learnt with on either side of it, and more. UTF-16 units. */
const learntAround = 2_500;

export class EditRecorder {
  readonly #history = new EditHistory();
  /** Of documents that may be edited: as they are now, but for the edit at hand. */
  readonly #texts = new Map<string, string>();
  #open: OpenEdit | undefined;
  /** The edit that ended last, while nothing else has happened: it may go on. */
  #ended: { readonly edit: OpenEdit; readonly work: RecentWork } | undefined;

  /** The latest last. */
  get edits(): readonly RecentEdit[] {
    return this.#history.edits;
  }

  get work(): RecentWork {
    return this.#history.work;
  }

  /** Whether an edit is being made. */
  get isOpen(): boolean {
    return this.#open !== undefined;
  }

  /** Where the edit that ended last stands, while nothing else has happened, and the whole text before it. */
  get ended(): { readonly path: string; readonly parts: readonly EditedPart[]; readonly before: string } | undefined {
    const edit = this.#ended?.edit;
    const text = edit && this.#texts.get(edit.path);
    if (edit === undefined || text === undefined) return undefined;
    const parts = edit.regions.map((one) => ({
      start: positionAt(text, one.start),
      end: positionAt(text, endOf(one)),
    }));
    return { path: edit.path, parts, before: edit.before };
  }

  /** A document may be edited next. What was told of it before stays. */
  opened(path: string, text: () => string): void {
    if (!this.#texts.has(path)) this.#texts.set(path, text());
  }

  closed(path: string): void {
    if (this.#open?.path === path) this.settle();
    this.#texts.delete(path);
  }

  /**
   * The user changed a document, at one place or at several at once. As long as it is the same place, no text is read.
   *
   * @param now reads the whole document after the change
   */
  edited(path: string, changes: readonly ReplacedPart[], now: () => string): void {
    const last = this.#open ?? this.#ended?.edit;
    const regions = last?.path === path ? withChanges(last.before, last.regions, changes) : [];
    if (last?.path === path && regions.length <= last.regions.length) {
      if (this.#open === undefined && this.#ended) this.#history.restore(this.#ended.work);
      this.#open = { ...last, regions };
    } else {
      this.settle();
      const before = this.#texts.get(path);
      // Without the text before there is nothing to learn.
      this.#open = before === undefined ? undefined : { path, before, regions: withChanges(before, [], changes) };
      if (before === undefined) this.#texts.set(path, now());
    }
    this.#ended = undefined;
  }

  /**
   * A document was changed by what is no edit of the user's, or an edit was taken back.
   *
   * @param now reads the whole document after the change
   */
  replaced(path: string, changes: readonly ReplacedPart[], now: () => string): void {
    if (this.#open?.path === path) this.#open = undefined;
    else this.settle();
    this.#ended = undefined;
    for (const { offset, length, text } of changes.toSorted((a, b) => b.offset - a.offset))
      this.#history.replaced(path, offset, offset + length, text.length);
    if (this.#texts.has(path)) this.#texts.set(path, now());
  }

  /** An edit was proposed at a place, and the user does something else. */
  passed(place: PassedPlace): void {
    this.#history.pass(place);
  }

  /** Forgets all edits and texts. */
  forget(): void {
    this.#history.restore({ edits: [], passed: [] });
    this.#texts.clear();
    this.#open = undefined;
    this.#ended = undefined;
  }

  /** What was taken for an edit was none. */
  drop(): void {
    this.#close();
    this.#ended = undefined;
  }

  /**
   * The edit at hand is over: the cursor rests, or is elsewhere.
   *
   * @returns whether something was learnt
   */
  settle(): boolean {
    const edit = this.#close();
    if (edit === undefined) return false;
    const { work } = this.#history;
    const learnt = editsOf(edit.before, edit.regions).map((one) => this.#learn(edit.path, one));
    this.#ended = { edit, work };
    return learnt.includes(true);
  }

  #close(): OpenEdit | undefined {
    const edit = this.#open;
    this.#open = undefined;
    if (edit) this.#texts.set(edit.path, textWith(edit.before, edit.regions));
    return edit;
  }

  #learn(path: string, edit: MadeEdit): boolean {
    const { before, start, end, inserted } = edit;
    const after = before.slice(0, start) + inserted + before.slice(end);
    const shown = withoutSecretsAround(before, start, end, path);
    if (shown !== undefined && withoutSecretsAround(after, start, start + inserted.length, path) !== undefined)
      return this.#history.add(path, { ...edit, before: shown });
    this.#history.replaced(path, start, end, inserted.length);
    return false;
  }
}

/** @returns the text without secrets around a part, or `undefined` where one stands in the lines of the part */
function withoutSecretsAround(text: string, start: number, end: number, path: string): string | undefined {
  const around = shownAround(text, start, end, path, learntAround);
  return around && text.slice(0, around.from) + around.shown + text.slice(around.from + around.shown.length);
}
