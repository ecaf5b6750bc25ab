/**
 * Lists of ever longer names with the same stem, which models write when they have lost the thread and no code has. Used
 * by the filters; knows the text alone. What repeats to the letter is found in repetition.ts.
 */
import { wordsOf } from '../../common/text/words';

const name = /[\p{L}_$][\p{L}\p{M}\p{N}_$]*/gu;
/** UTF-16 units; what is longer is data, or repeats so often that it is a loop to the letter. */
const maxNameLength = 200;
/** A name grows from one of this many names before it: `x = x_y;` stands between them with its other names. */
const reach = 3;
/** `Node`, `NodeList`, `NodeListOf` and one more are found in code; five of them are not. */
const maxChainLength = 4;
/** `dotDotDot` is a name; three times a longer word is none. UTF-16 units of a word. */
const minTripledLength = 4;

/**
 * Whether a text has, in a row, three names that grow by what was added already (`options`, `optionsProto`,
 * `optionsProtoProto`), more than four names of which each begins with the one before, or a word three times in one name.
 */
export function hasGrowingNames(text: string): boolean {
  const names = [...new Set(text.match(name))].filter((one) => one.length <= maxNameLength).map(wordsOf);
  const chains: number[] = [];
  return names.some((own, index) => {
    const before = names.slice(Math.max(0, index - reach), index);
    const longest = before.map((other, at) =>
      startsWith(own, other) ? (chains[index - before.length + at] as number) : 0,
    );
    chains.push(1 + Math.max(0, ...longest));
    const isBefore = (words: readonly string[]): boolean =>
      names.slice(Math.max(0, index - 2 * reach), index).some((other) => isEqual(words, other));
    return (chains[index] as number) > maxChainLength || hasTripled(own) || growsTwice(own, before, isBefore);
  });
}

const isEqual = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((word, index) => word === b[index]);

const startsWith = (own: readonly string[], other: readonly string[]): boolean =>
  own.length > other.length && isEqual(own.slice(0, other.length), other);

const hasTripled = (own: readonly string[]): boolean =>
  own.some((word, index) => word.length >= minTripledLength && word === own[index + 1] && word === own[index + 2]);

/** Whether words stand twice in a row in a name, once in a name before it, and not at all in another before it. */
function growsTwice(
  own: readonly string[],
  before: readonly (readonly string[])[],
  isBefore: (words: readonly string[]) => boolean,
): boolean {
  return before.some((other) => {
    const more = own.length - other.length;
    for (let at = 0; more > 0 && at + 2 * more <= own.length; at++) {
      const [once, again] = [own.slice(at, at + more), own.slice(at + more, at + 2 * more)];
      if (!isEqual(once, again) || !isEqual(own.toSpliced(at, more), other)) continue;
      if (isBefore(own.toSpliced(at, 2 * more))) return true;
    }
    return false;
  });
}
