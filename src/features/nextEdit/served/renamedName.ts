/**
 * A definition whose name may be changed by typing, and its uses, which a language server told while it still knew the old name.
 * Used by `serverEdits.vscode.ts`; knows nothing of the editor, and decides from texts what is due.
 */
import type { TextPosition } from '../../../nearby/edits/placedEdit';
import { isKeyword } from '../../../nearby/renaming';
import { languageOf } from '../../../syntax/languages';
import { carried, touches } from './namePlace';
import type { NamePlace, PlacedChange } from './namePlace';

/** A use that still has a name that the definition had. */
export interface DueUse {
  readonly place: NamePlace;
  readonly old: string;
}

export class RenamedName {
  #definition: NamePlace;
  #uses: readonly NamePlace[];
  /** What the definition was called so far. */
  readonly #names: Set<string>;

  constructor(
    /** When the server was asked. */
    readonly oldName: string,
    definition: NamePlace,
    uses: readonly NamePlace[],
  ) {
    this.#definition = definition;
    this.#uses = uses;
    this.#names = new Set([oldName]);
  }

  get definition(): NamePlace {
    return this.#definition;
  }

  get uses(): readonly NamePlace[] {
    return this.#uses;
  }

  /** Whether the definition had another name, which the server may not know any more. */
  get isRenamed(): boolean {
    return this.#names.size > 1;
  }

  /** A document was changed. */
  changed(path: string, changes: readonly PlacedChange[]): void {
    if (this.#definition.path === path) this.#definition = carried(this.#definition, changes, true);
    this.#uses = this.#uses.map((use) => (use.path === path ? carried(use, changes, false) : use));
  }

  /** Whether a part of a document is the definition, or one of the uses. */
  isAt(path: string, part: { readonly start: TextPosition; readonly end: TextPosition }): boolean {
    return [this.#definition, ...this.#uses].some((place) => place.path === path && touches(place, part));
  }

  /** The definition is called so now. @returns whether that is another name, in which the uses follow */
  renamedTo(name: string): boolean {
    if (!/^[#@]{0,2}[\p{L}_$][\p{L}\p{N}_$]*$/u.test(name) || isKeyword(name)) return false;
    this.#names.add(name);
    return this.isRenamed;
  }

  /**
   * The uses in a file that have another name than the definition now.
   *
   * @param lines of the file as it is now
   */
  dueIn(path: string, lines: readonly string[], name: string): DueUse[] {
    return this.#uses.flatMap((place) => {
      const { start, end } = place;
      const line = lines[start.line] ?? '';
      const old = line.slice(start.character, end.character);
      if (place.path !== path || start.line !== end.line || old === name || !this.#names.has(old)) return [];
      // The name may have become a part of a longer word.
      if (wordSign.test(line.charAt(start.character - 1)) || wordSign.test(line.charAt(end.character))) return [];
      return isShorthand(path, lines, place) ? [] : [{ place, old }];
    });
  }
}

const wordSign = /[\p{L}\p{N}_$]/u;

/** Lines above that an object that a name stands in may begin. */
const maxLinesAbove = 50;
/** What stands before the brace of an object, or of a pattern that takes one apart; before that of a block stands something else. */
const beforeObject = /(?:[(,:[?&|!]|\s=|\b(?:const|let|var|return|default|yield|await|of|in|case|throw))\s*$/;
/** Names that are imported and exported stand in braces, too. */
const beforeImported = /(?:^|[\n;])\s*(?:import\b[^;{}()]*|export(?:\s+type)?\s*)$/;

/**
 * Whether a name may stand for a property and its value at once, `{ name }`: then another name for one of them is none for the
 * other.
 */
function isShorthand(path: string, lines: readonly string[], { start, end }: NamePlace): boolean {
  if (languageOf(path).family !== 'script') return false;
  const behind = [lines[start.line]?.slice(end.character), ...lines.slice(start.line + 1, start.line + 3)].join('\n');
  if (!/^\s*(?:[,}]|=[^=>])/.test(behind)) return false;
  const above = lines.slice(Math.max(0, start.line - maxLinesAbove), start.line);
  const before = [...above, lines[start.line]?.slice(0, start.character)].join('\n');
  if (!/[{,]\s*$/.test(before)) return false;
  let depth = 0;
  for (let at = before.length - 1; at >= 0; at--) {
    const sign = before.charAt(at);
    if (')]}'.includes(sign)) depth++;
    else if ('([{'.includes(sign) && depth-- === 0) {
      const opening = before.slice(0, at);
      return sign === '{' && beforeObject.test(opening) && !beforeImported.test(opening);
    }
  }
  return false;
}
