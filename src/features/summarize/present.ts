/**
 * Words for summaries: plain text, facts, and reasons why there is none. Used by the threads, the tool, the insertion,
 * `markdown.ts` and the command line; no VS Code in it.
 */
import type { Translate } from '../../common/translate';
import type { Parameter, Signature } from '../../syntax/signature';
import type { Lines } from './excerpt';
import type { UnknownName } from './identifiers';
import type { Problem } from './quality';
import type { NoSummary } from './summarizer';
import type { Sentence, Summary } from './summary';

/** Why nothing was summarized, one sentence without its full stop. */
export function describeNone(reason: NoSummary, t: Translate): string {
  switch (reason) {
    case 'nothing':
      return t('There is nothing here to summarize: select some code');
    case 'binary':
      return t('This does not look like a text file');
    case 'tooLarge':
      return t('The file is too large to be summarized');
  }
}

/** What is wrong with a sentence, one sentence without its full stop. */
export function describeProblem(problem: Problem, t: Translate): string {
  switch (problem) {
    case 'empty':
      return t('The model had nothing to say about this code');
    case 'loops':
      return t('The model went round in circles, so its text is not shown');
    case 'notWords':
      return t('The model wrote no prose, so its text is not shown');
    case 'cutOff':
      return t('The model did not come to an end');
  }
}

/** Whether a sentence is worth reading. Of one that loops or is no prose, the problem is shown instead. */
export const isShown = ({ problem }: Sentence): boolean => problem === undefined || problem === 'cutOff';

/** A summary as plain text, to be copied, printed or written into comments. Empty where nothing is worth reading. */
export function plainText(summary: Summary): string {
  const main = summary.main !== undefined && isShown(summary.main) ? summary.main.text : '';
  const parts = summary.parts.flatMap(({ name, sentence }) =>
    sentence !== undefined && isShown(sentence) ? [{ name, text: sentence.text }] : [],
  );
  if (summary.mode === 'outline')
    return [
      ...parts.map(({ name, text }) => `${name}: ${text}`),
      ...(main === '' ? [] : [...(parts.length > 0 ? [''] : []), main]),
    ].join('\n');
  return [main, ...parts.map(({ text }) => text)]
    .filter((text) => text !== '')
    .map(withStop)
    .join(' ');
}

const withStop = (text: string): string => (/[.!?:…]["')\]`]*$/.test(text) ? text : `${text}.`);

/** The names that a summary has and its code has not. */
export function unknownOf({ main, parts }: Summary): readonly UnknownName[] {
  const sentences = [main, ...parts.map(({ sentence }) => sentence)].filter(
    (sentence) => sentence !== undefined && isShown(sentence),
  );
  return sentences.flatMap((sentence) => sentence?.unknown ?? []);
}

/** `name?: type`, `…rest: type`: a parameter as the source has it. */
export function parameterText({ name, type, optional, rest }: Parameter): string {
  return `${rest ? '…' : ''}${name}${optional ? '?' : ''}${type === undefined ? '' : `: ${type}`}`;
}

/** The facts of a signature, one a line: what it takes, gives back and throws. */
export function factLines(facts: Signature, t: Translate): string[] {
  const { parameters, returns, throws } = facts;
  return [
    ...parameters.map((one) => t('Parameter {0}', parameterText(one))),
    ...(returns === undefined
      ? []
      : [returns.type === undefined ? t('Returns a value') : t('Returns {0}', returns.type)]),
    ...throws.map((type) => t('Throws {0}', type)),
  ];
}

/** Lines as people count them. */
export function linesText({ first, last }: Lines, t: Translate): string {
  return first === last ? t('line {0}', first + 1) : t('lines {0}–{1}', first + 1, last + 1);
}

/** A part of a whole, in percent without its sign; never 0, as nothing is left out that is there. */
export const percentOf = (share: number): number => Math.max(1, Math.round(100 * share));
