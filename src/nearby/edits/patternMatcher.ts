/**
 * Compares the place of an edit with other places, token by token: the same but for names. Used to find where an edit fits
 * again; decides nothing.
 */
import { isKeyword } from '../renaming';
import type { CodeToken, StringCut } from './codeTokens';
import type { EditPattern } from './editPattern';

/** How well a place agrees with where the edit was made, in tokens. */
export interface Fit {
  /** Before and behind, up to the first that differs. */
  readonly exactLeft: number;
  readonly exactRight: number;
  /** The same where names may stand for others. */
  readonly alignedLeft: number;
  readonly alignedRight: number;
  /** Words and numbers among what goes away that are the same. */
  readonly exactRemoved: number;
}

export interface PatternMatch {
  /** Names there → names here, also those that are the same. */
  readonly renames: ReadonlyMap<string, string>;
  readonly fit: Fit;
}

/** A token that has to stand at a place, and how far from its start: tokens. */
export interface Anchor {
  readonly text: string;
  readonly offset: number;
}

/** More names that stand for others: little is the same. */
const maxRenames = 3;
/** Where no word goes away, one of so many tokens on either side has to be the same word. */
const anchorTokens = 6;

type Side = (index: number) => CodeToken | undefined;

export class PatternMatcher {
  /** One of these stands at every place where the pattern fits. */
  readonly anchors: readonly Anchor[];
  readonly strings: StringCut;
  readonly #coming: ReadonlySet<string>;
  #renames = new Map<string, string>();
  #taken = new Set<string>();
  #exchanged = 0;

  constructor(private readonly pattern: EditPattern) {
    this.#coming = new Set(pattern.inserted.map((token) => token.text));
    this.anchors = this.#anchorsOf();
    this.strings = pattern.strings;
  }

  /** @param at index of the first token that would go away, or of the one before which something would come */
  at(tokens: readonly CodeToken[], at: number): PatternMatch | undefined {
    this.#renames = new Map();
    this.#taken = new Set();
    this.#exchanged = 0;
    const { removed, left, right } = this.pattern;
    let exactRemoved = 0;
    for (const [index, token] of removed.entries()) {
      const here = tokens[at + index];
      if (here === undefined || (here.text !== token.text && !this.#isFree(token)) || !this.#agrees(token, here))
        return undefined;
      if (here.text === token.text && isWord(token)) exactRemoved++;
    }
    const before: Side = (index) => tokens[at - 1 - index];
    const behind: Side = (index) => tokens[at + removed.length + index];
    if (this.#isDone(before, (index) => tokens[at + index])) return undefined;
    const [exactLeft, exactRight] = [exactRun(left, before), exactRun(right, behind)];
    const [alignedLeft, alignedRight] = this.#alignBoth(before, behind);
    if (exactRemoved === 0 && alignedLeft + alignedRight === 0) return undefined;
    return { renames: this.#renames, fit: { exactLeft, exactRight, alignedLeft, alignedRight, exactRemoved } };
  }

  /** What goes away and does not come again, the longest; else words around. */
  #anchorsOf(): Anchor[] {
    const { removed, left, right } = this.pattern;
    const fixed = removed
      .map((token, offset) => ({ ...token, offset }))
      .filter((token) => !this.#isFree(token) && token.kind !== 'break')
      .sort((a, b) => b.text.length - a.text.length);
    const longest = fixed[0];
    if (longest && (isWord(longest) || fixed.length > 1)) return [longest];
    const names = (side: readonly CodeToken[], offsetOf: (index: number) => number): Anchor[] =>
      side
        .slice(0, anchorTokens)
        .flatMap((token, index) =>
          token.kind === 'name' && !isKeyword(token.text) ? [{ text: token.text, offset: offsetOf(index) }] : [],
        );
    return [...names(left, (index) => -1 - index), ...names(right, (index) => removed.length + index)];
  }

  /** Whether another one may stand in its place: a name that is still there after the edit. */
  #isFree(token: CodeToken): boolean {
    return isExchangeable(token) && this.#coming.has(token.text);
  }

  /** Whether what would come stands there already. */
  #isDone(before: Side, behind: Side): boolean {
    const { inserted, removed } = this.pattern;
    if (inserted.length === 0 || removed.length > inserted.length) return false;
    return (
      inserted.every((token, index) => behind(index)?.text === token.text) ||
      (removed.length === 0 &&
        inserted.every((token, index) => before(inserted.length - 1 - index)?.text === token.text))
    );
  }

  /** Names that the text to come takes from the place are those nearest to it: sides are followed in turn. */
  #alignBoth(before: Side, behind: Side): [number, number] {
    const { left, right } = this.pattern;
    let [alignedLeft, alignedRight] = [0, 0];
    let [goesLeft, goesRight] = [true, true];
    while (goesLeft || goesRight) {
      goesLeft &&= this.#follows(left[alignedLeft], before(alignedLeft));
      if (goesLeft) alignedLeft++;
      goesRight &&= this.#follows(right[alignedRight], behind(alignedRight));
      if (goesRight) alignedRight++;
    }
    return [alignedLeft, alignedRight];
  }

  #follows(there: CodeToken | undefined, here: CodeToken | undefined): boolean {
    return there !== undefined && here !== undefined && this.#agrees(there, here);
  }

  /** Whether a token may stand for another one; keeps in mind that it does. */
  #agrees(there: CodeToken, here: CodeToken): boolean {
    if (there.kind !== here.kind) return false;
    if (!isExchangeable(there) || !isExchangeable(here)) return there.text === here.text;
    const known = this.#renames.get(there.text);
    if (known !== undefined) return known === here.text;
    const differs = there.text !== here.text;
    if (differs && (this.#taken.has(here.text) || this.#exchanged >= maxRenames)) return false;
    if (differs) this.#exchanged++;
    this.#renames.set(there.text, here.text);
    this.#taken.add(here.text);
    return true;
  }
}

export const isWord = ({ kind }: CodeToken): boolean => kind !== 'sign' && kind !== 'break';

const isExchangeable = ({ kind, text }: CodeToken): boolean =>
  kind === 'name' ? !isKeyword(text) : kind === 'number' || kind === 'text';

function exactRun(side: readonly CodeToken[], here: Side): number {
  let length = 0;
  while (length < side.length && here(length)?.text === side[length]?.text) length++;
  return length;
}
