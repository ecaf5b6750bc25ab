/**
 * What makes one chunk of code a better answer than another, beside the words that it shares with the question. Each
 * rule gives the factor that it changes the score by, 1 for none.
 */
import { fileName, nameWithoutEnding } from '../paths';
import { termsOf, wordsOf } from './words';

/** What rules know of a chunk. */
export interface Ranked {
  readonly path: string;
  readonly symbols: readonly string[];
  readonly defines: boolean;
}

/** A question by its terms, and by the words that were typed. */
export interface Asked {
  readonly terms: ReadonlySet<string>;
  readonly text: string;
}

export type Rule = (chunk: Ranked, asked: Asked) => number;

export function askedFor(text: string): Asked {
  return { terms: new Set(termsOf(text)), text };
}

/** Where a name is defined comes before where it is used; the more of the name was asked for, the more so. */
const definition: Rule = ({ symbols, defines }, { terms }) => {
  const name = symbols.at(-1);
  if (name === undefined || !defines) return 1;
  const share = shareOf(name, terms);
  return terms.has(name.toLowerCase()) && share === 1 ? 2 : 1 + share / 2;
};

/** A file that is named as the question, as `retry.ts` for "retry with back-off". */
const namedFile: Rule = ({ path }, { terms }) => 1 + shareOf(nameWithoutEnding(path), terms) / 4;

const testPath = /(?:^|\/)(?:tests?|__tests__|specs?|fixtures|mocks?|__mocks__)\/|[._-](?:test|spec)s?\.[a-z]+$|(?:^|\/)test_[^/]*\.py$/i;
const aboutTests = /\b(?:tests?|specs?|fixtures?|mocks?)\b/i;

/** Tests use everything and explain nothing, unless they are asked for. */
const tests: Rule = ({ path }, { text }) => (testPath.test(path) && !aboutTests.test(text) ? 0.5 : 1);

/** Declarations without code repeat what stands elsewhere. */
const declarations: Rule = ({ path }) => (/\.d\.[cm]?ts$|\.pyi$/.test(fileName(path)) ? 0.7 : 1);

/** In the order in which answers name them. */
export const rules: Readonly<Record<string, Rule>> = { definition, namedFile, tests, declarations };

/** What the second and every further answer from a file keeps of its score: others are to be seen, too. */
export const repeatedFile = 0.8;

/** The part of a name's words that were asked for. */
function shareOf(name: string, terms: ReadonlySet<string>): number {
  const words = wordsOf(name);
  return words.length === 0 ? 0 : words.filter((word) => termsOf(word).every((term) => terms.has(term))).length / words.length;
}
