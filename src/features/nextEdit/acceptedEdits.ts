/**
 * Remembers which proposed edits the user made, to see when one is taken back: that declines it. Used by `nextEdits.vscode.ts`;
 * pure but for what it keeps.
 */
import type { EditPattern } from '../../nearby/edits/editPattern';
import type { ReplacedPart } from './regions';
import type { ShownEdit } from './shownEdit';

export interface AcceptedEdit {
  readonly edit: ShownEdit;
  /** Where it begins: UTF-16 units of the text with `\n` as line end. */
  readonly offset: number;
  readonly change: EditPattern | string;
  /** How often the change had been declined before. */
  readonly declined: number;
}

/** Older ones are seldom taken back. */
const most = 50;

export class AcceptedEdits {
  #accepted: readonly AcceptedEdit[] = [];

  add(accepted: AcceptedEdit): void {
    this.#accepted = [...this.#accepted, accepted].slice(-most);
  }

  /**
   * The edit that an undo takes back. All that came after it in its file was taken back before, so it stands where it was made.
   */
  undone(path: string, changes: readonly ReplacedPart[]): AcceptedEdit | undefined {
    return this.#find(path, changes, ({ edit: { old, text } }) => [text, old]);
  }

  /** The edit that is made again after it was taken back. */
  redone(path: string, changes: readonly ReplacedPart[]): AcceptedEdit | undefined {
    return this.#find(path, changes, ({ edit: { old, text } }) => [old, text]);
  }

  #find(
    path: string,
    changes: readonly ReplacedPart[],
    textsOf: (accepted: AcceptedEdit) => readonly [string, string],
  ): AcceptedEdit | undefined {
    const [change, ...others] = changes;
    if (change === undefined || others.length > 0) return undefined;
    return this.#accepted.findLast((accepted) => {
      const [from, to] = textsOf(accepted);
      const isThere = accepted.edit.path === path && accepted.offset === change.offset;
      return isThere && change.length === from.length && change.text === to;
    });
  }
}
