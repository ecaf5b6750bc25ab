/**
 * Measures how well the documentation of one function suits another: likeness of names, code and parameters, and
 * shared words. Used by `candidates.ts` and `choice.ts`; pure computation.
 */
import { stemmer } from 'stemmer';
import { wordsIn, wordsOf } from '../../../common/text/words';
import { likeness } from '../../../common/statistics/jaccard';
import type { Documented, FunctionCode } from './documented';

/** What speaks for saying of one function what the documentation of another one says. Likeness is that of sets of words, 0…1 (Jaccard 1901). */
export interface SimilarityEvidence {
  /** Likeness of the two names. */
  readonly names: number;
  /** Of the words of this function's name, the share that the sentence has. */
  readonly told: number;
  /** Of the words of the sentence, the share that this function's name and code have. */
  readonly known: number;
  /** Likeness of the code, and of the parameters' names. */
  readonly code: number;
  readonly parameters: number;
  /** Whether both are in one file, and in one container. */
  readonly isHere: boolean;
  readonly isInside: boolean;
  /** Of the documented functions with the same name, or else with names as like, the share that is documented like this one. */
  readonly share: number;
  /** Words of the sentence. */
  readonly length: number;
}

/** A function that is compared with others. */
export class ComparedFunction {
  readonly name: ReadonlySet<string>;
  readonly code: ReadonlySet<string>;
  readonly parameters: ReadonlySet<string>;
  /** All that it speaks of. */
  readonly #words: ReadonlySet<string>;

  constructor(readonly own: FunctionCode) {
    this.name = stemsOfName(own.name);
    this.code = stemsIn(`${own.code} ${own.container}`);
    this.parameters = stemsIn(own.parameters.join(' '));
    this.#words = stemsIn(`${own.name} ${own.container} ${own.code}`);
  }

  likenessOfName(name: string): number {
    return likeness(this.name, stemsOfName(name));
  }

  /** Whether a sentence adapted from another function still has a word that only that function is named after. */
  isForeign(sentence: string, from: FunctionCode): boolean {
    const said = stemsIn(sentence);
    return [...stemsOfName(from.name)].some((stem) => !this.#words.has(stem) && !common.has(stem) && said.has(stem));
  }
}

/** @param among see `Evidence` */
export function evidenceFor(
  subject: ComparedFunction,
  other: Documented,
  sentence: string,
  among: Pick<SimilarityEvidence, 'names' | 'share'>,
): SimilarityEvidence {
  const { own } = subject;
  const said = stemsIn(sentence);
  const content = [...said].filter((stem) => !common.has(stem));
  return {
    ...among,
    told: shareIn(subject.name, said),
    known: shareIn(content, subject.code),
    code: likeness(subject.code, stemsIn(`${other.code} ${other.container}`)),
    parameters: likeness(subject.parameters, stemsIn(other.parameters.join(' '))),
    isHere: own.path === other.path,
    isInside: own.path === other.path && own.container === other.container,
    length: said.size,
  };
}

const common = new Set(
  'a an the of to in on for from by with and or is are be as at it its this that if not all into when which will can has have whether'
    .split(' ')
    .map(stemmer),
);

const stemsOfName = (name: string): Set<string> => new Set(wordsOf(name).map(stemmer));
const stemsIn = (text: string): Set<string> => new Set(Array.from(wordsIn(text), stemmer));

function shareIn(words: Iterable<string>, set: ReadonlySet<string>): number {
  const all = [...words];
  return all.length === 0 ? 0 : all.filter((one) => set.has(one)).length / all.length;
}
