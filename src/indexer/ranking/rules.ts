/**
 * What makes one chunk of code a better answer than another, beside the words that it shares with the question. Each
 * rule gives the factor that it changes the score by, 1 for none.
 */
import { BoundedMap } from '../../common/boundedMap';
import { fileName, nameWithoutEnding } from '../../common/files/paths';
import { isTest } from '../../common/files/testPath';
import { wordsOf } from '../../common/text/words';
import { termsOf, termsOfQuestion } from '../../common/text/terms';

/** What rules know of a chunk. */
export interface Ranked {
  readonly path: string;
  readonly symbols: readonly string[];
  readonly defines: boolean;
}

/** A question by its terms, and by the words that were typed. */
export interface QueryTerms {
  readonly terms: ReadonlySet<string>;
  /** Terms that say what is asked for. */
  readonly telling: ReadonlySet<string>;
  readonly text: string;
}

export type Rule = (chunk: Ranked, asked: QueryTerms) => number;

/** What every question is made of. */
const filler = new Set(
  termsOf(
    'a an and are as at be been by can do does for from given has have how if in into is it its of on or that the their then there this to was what when where whether which who why will with',
  ),
);

export function askedFor(text: string): QueryTerms {
  const terms = new Set(termsOfQuestion(text));
  return { terms, telling: new Set([...terms].filter((term) => !filler.has(term))), text };
}

/**
 * Where a name is defined comes before where it is used: the more so, the more of the name was asked for, and the more of
 * the question the name answers. A short name is soon all asked for, and then says little.
 *
 * Of eleven forms, this one was best on the functions of eslint, lodash, commander, luxon, mathjs, requests and httpx
 * (MRR@10 0.475; 0.433 where the answered part does not count, 0.439 without the rule).
 */
const definition: Rule = ({ symbols, defines }, { terms, telling }) => {
  const name = symbols.at(-1);
  if (name === undefined || !defines || telling.size === 0) return 1;
  const own = termsOf(name);
  const answered = [...telling].filter((term) => own.includes(term)).length / telling.size;
  return answered === 0 ? 1 : 1 + shareOf(name, terms) * answered;
};

/** A file that is named as the question, as `retry.ts` for "retry with back-off". */
const namedFile: Rule = ({ path }, { terms }) => 1 + shareOf(nameWithoutEnding(path), terms) / 4;

const aboutTests = /\b(?:tests?|specs?|fixtures?|mocks?)\b/i;

/** Tests use everything and explain nothing, unless they are asked for. */
const tests: Rule = ({ path }, { text }) => (isTest(path) && !aboutTests.test(text) ? 0.5 : 1);

/** Declarations without code repeat what stands elsewhere. */
const declarations: Rule = ({ path }) => (/\.d\.[cm]?ts$|\.pyi$/.test(fileName(path)) ? 0.7 : 1);

/** Rules by their names, in the order in which answers name them. */
export type Rules = Readonly<Record<string, Rule>>;

/**
 * What each is worth in whole packages: `npm run bench -- quality --only rules`. Further answers from one file do not count
 * less: what is asked for often stands beside what is near to it, and was found 3 % worse where they did.
 */
export const rules: Rules = { definition, namedFile, tests, declarations };

/** The part of a name's words that were asked for. */
function shareOf(name: string, terms: ReadonlySet<string>): number {
  const words = termsByWord(name);
  return words.length === 0 ? 0 : words.filter((own) => own.every((term) => terms.has(term))).length / words.length;
}

/** Questions find the same names again and again. */
const rememberedNames = new BoundedMap<string, readonly (readonly string[])[]>(8_192);

/** The terms of each word of a name. */
function termsByWord(name: string): readonly (readonly string[])[] {
  const known = rememberedNames.get(name);
  if (known !== undefined) return known;
  const found = wordsOf(name).map(termsOfQuestion);
  rememberedNames.set(name, found);
  return found;
}
