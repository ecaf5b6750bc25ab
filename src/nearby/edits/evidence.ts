/**
 * What speaks for and against making an edit at a place where it fits: how well the place agrees, how the same edit was made
 * before, and what was passed by. Used by `choice.ts`, which weighs it; decides nothing.
 */
import { likeness } from '../../common/statistics/jaccard';
import type { AnalogousEdit } from './analogy';
import type { CodeToken } from './codeTokens';
import type { RecentEdit, RecentWork } from './history';
import { isWord, PatternMatcher } from './patternMatcher';
import type { Fit, PatternMatch } from './patternMatcher';
import type { RepeatedEdit } from './repeatedEdits';
import { isSameChange } from './sameChange';

/** Numbers by what they say; counts are logarithms to base 2 of one more. */
export type Evidence = Readonly<Record<string, number>>;

/** Places that are weighed at most, those that agree best. */
const maxPlaces = 30;

/**
 * @param kind the edit that would be made again
 * @param found all places where it fits
 * @returns the places that the user has not passed by, the ones that agree best first
 */
export function gatherEvidence(
  { edits: history, passed: declined }: RecentWork,
  kind: RepeatedEdit,
  found: readonly AnalogousEdit[],
): { readonly edit: AnalogousEdit; readonly evidence: Evidence }[] {
  const { made, last: latest } = kind;
  const current = history.at(-1) ?? latest;
  const untouched = found.filter((edit) => !history.some((other) => overlaps(edit, other)));
  const proposed = declined.filter(({ pattern }) => isSameChange(pattern, latest.pattern));
  const passed = untouched.filter((edit) => isPassed(edit, history) || proposed.some((place) => overlaps(edit, place)));
  const open = untouched.filter((edit) => !passed.includes(edit));
  const matches = matchesOf(latest, made);
  const fits = matches.map(({ fit }) => fit);
  const kept = keptNames(matches);
  const leastLeft = Math.min(...fits.map(({ exactLeft }) => exactLeft));
  const leastRight = Math.min(...fits.map(({ exactRight }) => exactRight));
  const isCommon = ({ fit }: AnalogousEdit): boolean =>
    fits.length > 0 && fit.exactLeft >= leastLeft && fit.exactRight >= leastRight;
  const sizes = new Map(open.map((edit) => [edit, agreement(edit.fit)]));
  const sizeOf = (edit: AnalogousEdit): number => sizes.get(edit) ?? 0;
  const before = made.at(-1);
  const upward = before?.path === latest.path && before.start > latest.start;
  const isAhead = ({ path, start }: AnalogousEdit): boolean => path !== latest.path || start > latest.start !== upward;
  const byDistance = (a: AnalogousEdit, b: AnalogousEdit): number => distance(latest, a) - distance(latest, b);
  const ahead = open.filter((edit) => edit.path === latest.path && isAhead(edit)).sort(byDistance);
  const [commonOpen, commonPassed] = [open.filter(isCommon).length, passed.filter(isCommon).length];
  const leastMade = Math.min(...fits.map(agreement));
  const mostPassed = Math.max(...passed.map(({ fit }) => agreement(fit)));
  return open
    .toSorted((a, b) => Number(isCommon(b)) - Number(isCommon(a)) || sizeOf(b) - sizeOf(a) || byDistance(a, b))
    .slice(0, maxPlaces)
    .map((edit) => ({
      edit,
      evidence: {
        ...evidenceOfOrder(kind),
        isCurrentFile: Number(edit.path === current.path),
        isBehindCurrent: Number(edit.path === current.path && edit.start < current.start),
        fromCurrent: edit.path === current.path ? count(Math.abs(edit.start - current.start) / lineLength) : 0,
        ...evidenceOfFit(latest, edit),
        ...evidenceOfChange(latest),
        placesInFile: count(open.filter(({ path }) => path === edit.path).length),
        isNext: Number(edit === ahead[0]),
        keptExchanged: [...edit.renames.keys()].filter((name) => kept.has(name)).length,
        places: count(open.length),
        betterPlaces: count(open.filter((other) => sizeOf(other) >= sizeOf(edit)).length),
        made: Math.min(3, made.length),
        isRepeated: Number(made.length > 0),
        isRepeatedTwice: Number(made.length > 1),
        passed: count(passed.length),
        shareMade: (made.length + 1) / (made.length + 1 + passed.length),
        overMade: fits.length > 0 ? signedCount(sizeOf(edit) - leastMade) : 0,
        isCommon: Number(isCommon(edit)),
        commonOpen: isCommon(edit) ? count(commonOpen) : 0,
        commonPassed: isCommon(edit) ? count(commonPassed) : 0,
        overPassed: passed.length > 0 ? signedCount(sizeOf(edit) - mostPassed) : 0,
        isAhead: Number(isAhead(edit)),
        order: count(ahead.indexOf(edit) + 1),
      },
    }));
}

/** When the edit was made, among others. */
function evidenceOfOrder({ age, since, follows, shareFollows }: RepeatedEdit): Evidence {
  return {
    age: count(age),
    isOlder: Number(age > 0),
    isDue: Number(since > 0 && age + 1 === since),
    isOverdue: Number(since > 0 && age + 1 > since),
    follows: count(follows),
    shareFollows,
  };
}

/** How well each of the edits before agrees with the latest one: so well, at least, does a place where it is made. */
function matchesOf(latest: RecentEdit, made: readonly RecentEdit[]): PatternMatch[] {
  const matcher = new PatternMatcher(latest.pattern);
  return made.flatMap(({ pattern: { left, removed, right } }) => {
    return matcher.at([...left.toReversed(), ...removed, ...right], left.length) ?? [];
  });
}

/** Names that are the same at all places where the edit was made, more than one. */
function keptNames(matches: readonly PatternMatch[]): ReadonlySet<string> {
  const [first, ...others] = matches.map(({ renames }) => renames);
  const names = [...(first ?? [])].filter(([from, to]) => from === to).map(([name]) => name);
  return new Set(names.filter((name) => others.every((renames) => renames.get(name) === name)));
}

const agreement = ({ exactLeft, exactRight, alignedLeft, alignedRight, exactRemoved }: Fit): number =>
  exactLeft + exactRight + (alignedLeft + alignedRight) / 2 + 3 * exactRemoved;

const overlaps = (edit: AnalogousEdit, made: Pick<RecentEdit, 'path' | 'start' | 'end'>): boolean =>
  edit.path === made.path && edit.start <= made.end && edit.end >= made.start;

/** Whether it lies between the last edits of its file, which were made around it. */
function isPassed({ path, start }: AnalogousEdit, history: readonly RecentEdit[]): boolean {
  const there = history.filter((other) => other.path === path);
  return there.some((other) => other.start < start) && there.some((other) => other.start > start);
}

const distance = ({ path, start }: RecentEdit, edit: AnalogousEdit): number =>
  edit.path === path ? Math.abs(edit.start - start) : Infinity;

const count = (value: number): number => Math.log2(1 + value);
const signedCount = (value: number): number => Math.sign(value) * count(Math.min(40, Math.abs(value)));
const extensionOf = (path: string): string => /\.\w+$/.exec(path)?.[0] ?? '';
/** Tokens of a side that stand in the same line. */
const inLine = (side: readonly CodeToken[]): number => {
  const at = side.findIndex(({ kind }) => kind === 'break');
  return at < 0 ? side.length : at;
};

/** By the first sign of its line. */
const isComment = (opening: string): boolean => /^[#/*]/.test(opening);

/** The width of a line, about: what lies in it lies here. */
const lineLength = 40;

function evidenceOfFit(latest: RecentEdit, { fit, renames, path, start, opening }: AnalogousEdit): Evidence {
  const { left, right, removed, inserted, opening: ownOpening } = latest.pattern;
  const [lineLeft, lineRight] = [inLine(left), inLine(right)];
  const { exactLeft, exactRight, alignedLeft, alignedRight, exactRemoved } = fit;
  return {
    bias: 1,
    exactLeft: count(exactLeft),
    exactRight: count(exactRight),
    alignedLeft: count(alignedLeft),
    alignedRight: count(alignedRight),
    isLineLeft: Number(exactLeft >= lineLeft),
    isLineRight: Number(exactRight >= lineRight),
    isLine: Number(exactLeft >= lineLeft && exactRight >= lineRight),
    isAlignedLine: Number(alignedLeft >= lineLeft && alignedRight >= lineRight),
    shareOfLine: Math.min(1, (exactLeft + exactRight) / Math.max(1, lineLeft + lineRight)),
    exactRemoved: count(exactRemoved),
    renames: renames.size,
    renamesInserted: inserted.filter(({ text }) => renames.has(text)).length,
    renamesRemoved: count(removed.filter(isWord).length - exactRemoved),
    isSameFile: Number(path === latest.path),
    distance: path === latest.path ? count(Math.abs(start - latest.start) / lineLength) : 0,
    isSameLanguage: Number(extensionOf(path) === extensionOf(latest.path)),
    isSameOpening: Number(opening === ownOpening),
    isSameBefore: Number(exactLeft > 0),
    isSameBehind: Number(exactRight > 0),
    isSameComment: Number(isComment(opening) === isComment(ownOpening)),
  };
}

function evidenceOfChange({ pattern }: RecentEdit): Evidence {
  const { left, right, removed, inserted, newNames, opening } = pattern;
  const [removedWords, insertedWords] = [removed.filter(isWord), inserted.filter(isWord)];
  const words = [...removedWords, ...insertedWords];
  const around = new Set([...left, ...right, ...removed].map(({ text }) => text));
  const isRename =
    removed.length === 1 && inserted.length === 1 && [...removed, ...inserted].every(({ kind }) => kind === 'name');
  const isLiteral =
    removedWords.length > 0 &&
    insertedWords.length > 0 &&
    words.every(({ kind }) => kind === 'text' || kind === 'number');
  const textsOf = (tokens: readonly CodeToken[]): Set<string> => new Set(tokens.map(({ text }) => text));
  return {
    longestRemoved: count(Math.max(0, ...removedWords.map(({ text }) => text.length))),
    removed: count(removed.length),
    inserted: count(inserted.length),
    insertedFromElsewhere: count(insertedWords.filter(({ text }) => !around.has(text)).length),
    newNames,
    hasNewNames: Number(newNames > 0),
    isInsertion: Number(removed.length === 0),
    isDeletion: Number(inserted.length === 0),
    isInsertedLine: Number(removed.length === 0 && inLine(left) === 0),
    isRename: Number(isRename),
    isRenameToNew: Number(isRename && newNames > 0),
    isLiteral: Number(isLiteral),
    isImport: Number(/^(import|from|export|use|require)$/.test(opening)),
    lines: count([...inserted, ...removed].filter(({ kind }) => kind === 'break').length),
    isSigns: Number(words.length === 0),
    isComment: Number(isComment(opening)),
    likeness: likeness(textsOf(removedWords), textsOf(insertedWords)),
  };
}
