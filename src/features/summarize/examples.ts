/** Functions with the sentence that says what each does: what chat models are shown before they are asked for another. */
import { likeness } from '../../common/statistics/jaccard';
import { wordsOf } from '../../common/text/words';
import type { Documented } from './similar/documented';

/** A function and the sentence of its documentation. */
export type Example = Pick<Documented, 'name' | 'code' | 'sentence'>;

/** So many are shown. */
const count = 2;
/** UTF-16 units of code: longer ones leave too little room, and too little patience, for the code that is asked about. */
export const maxExampleLength = 500;
/** Shorter sentences say no more than the name. Words. */
const minSentenceWords = 5;

/** Where nothing near is documented. */
const usual: readonly Example[] = [
  {
    name: 'read_lines',
    code: `def read_lines(path, skip_blank=True):
    with open(path) as file:
        lines = [line.rstrip() for line in file]
    return [line for line in lines if line] if skip_blank else lines`,
    sentence: 'Reads the lines of a file, without the blank ones unless told otherwise.',
  },
  {
    name: 'remove',
    code: `async remove(id: string): Promise<void> {
  const entry = this.entries.get(id);
  if (!entry) throw new NotFound(id);
  await entry.close();
  this.entries.delete(id);
}`,
    sentence: 'Closes an entry and removes it; throws if there is none with that id.',
  },
];

/**
 * The documented functions whose names are likest, the likest last: what was read last counts most.
 *
 * @param near in the order of the files, nearest first
 */
export function examplesFor(name: string, near: readonly Documented[]): Example[] {
  const wanted = new Set(wordsOf(name));
  const likest = near
    .filter(({ code, sentence }) => code.length <= maxExampleLength && sentence.split(/\s+/).length >= minSentenceWords)
    .map((example) => ({ example, likeness: likeness(wanted, new Set(wordsOf(example.name))) }))
    .sort((a, b) => b.likeness - a.likeness)
    .slice(0, count)
    .map(({ example: { name: own, code, sentence } }) => ({ name: own, code: withoutMargin(code), sentence }))
    .reverse();
  return [...usual.slice(0, count - likest.length), ...likest];
}

/** Code without the indentation that all lines behind its first have. */
function withoutMargin(code: string): string {
  const [first = '', ...rest] = code.split('\n');
  const margins = rest.filter((line) => line.trim() !== '').map((line) => line.length - line.trimStart().length);
  const margin = margins.length === 0 ? 0 : Math.min(...margins);
  return [first.trimStart(), ...rest.map((line) => line.slice(margin))].join('\n').trimEnd();
}
