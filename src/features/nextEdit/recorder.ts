/**
 * Makes edits of the changes that the editor tells of: what was typed at one place is one edit, whose text before is known. Fed
 * by `nextEdits.vscode.ts`. What nobody typed is no edit. Positions are UTF-16 units of texts with `\n` as line end.
 */
import { shownSlice, withoutKeys } from '../../common/secrets/withoutSecrets';
import type { MadeEdit } from '../../nearby/edits/editPattern';
import { EditHistory } from '../../nearby/edits/history';
import type { RecentEdit } from '../../nearby/edits/history';
import { editsOf, withChanges } from './regions';
import type { ChangedRegion, ReplacedPart } from './regions';

/** What is being edited: places of one document, more than one with several cursors. */
interface OpenEdit {
  readonly path: string;
  readonly before: string;
  readonly regions: readonly ChangedRegion[];
}

/** What an edit is learnt with on either side of it, and more. */
const learntAround = 2_500;

export class EditRecorder {
  readonly #history = new EditHistory();
  /** Of documents that may be edited, as they are now. */
  readonly #texts = new Map<string, string>();
  #open: OpenEdit | undefined;
  /** The edit that ended last, while nothing else has happened: it may go on. */
  #ended: { readonly edit: OpenEdit; readonly history: readonly RecentEdit[] } | undefined;

  /** The latest last. */
  get edits(): readonly RecentEdit[] {
    return this.#history.edits;
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
   * The user changed a document, at one place or at several at once.
   *
   * @param now the whole document after the change
   */
  edited(path: string, changes: readonly ReplacedPart[], now: string): void {
    const before = this.#texts.get(path);
    const last = this.#open ?? this.#ended?.edit;
    const regions = last?.path === path ? withChanges(last.regions, changes, now) : [];
    if (last?.path === path && regions.length <= last.regions.length) {
      if (this.#open === undefined && this.#ended) this.#history.restore(this.#ended.history);
      this.#open = { ...last, regions };
    } else {
      this.settle();
      // Without the text before there is nothing to learn.
      this.#open = before === undefined ? undefined : { path, before, regions: withChanges([], changes, now) };
    }
    this.#ended = undefined;
    this.#texts.set(path, now);
  }

  /**
   * A document was changed by what is no edit of the user's, or an edit was taken back.
   *
   * @param now the whole document after the change
   */
  replaced(path: string, changes: readonly ReplacedPart[], now: string): void {
    if (this.#open?.path === path) this.#open = undefined;
    else this.settle();
    this.#ended = undefined;
    for (const { offset, length, text } of changes.toSorted((a, b) => b.offset - a.offset))
      this.#history.replaced(path, offset, offset + length, text.length);
    if (this.#texts.has(path)) this.#texts.set(path, now);
  }

  /** What was taken for an edit was none. */
  drop(): void {
    this.#open = undefined;
    this.#ended = undefined;
  }

  /**
   * The edit at hand is over: the cursor rests, or is elsewhere.
   *
   * @returns whether something was learnt
   */
  settle(): boolean {
    const edit = this.#open;
    const now = edit && this.#texts.get(edit.path);
    this.#open = undefined;
    if (edit === undefined || now === undefined) return false;
    const history = this.#history.edits;
    const learnt = editsOf(edit.before, edit.regions, now).map((one) => this.#learn(edit.path, one));
    this.#ended = { edit, history };
    return learnt.includes(true);
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
  const [from, to] = [Math.max(0, start - learntAround), Math.min(text.length, end + learntAround)];
  const shown = shownSlice(withoutKeys(text), from, to, path);
  const masked = text.slice(0, from) + shown + text.slice(to);
  const lineStart = text.lastIndexOf('\n', start - 1) + 1;
  const next = text.indexOf('\n', end);
  const lineEnd = next < 0 ? text.length : next;
  return masked.slice(lineStart, lineEnd) === text.slice(lineStart, lineEnd) ? masked : undefined;
}
