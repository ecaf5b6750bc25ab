/**
 * Answers a question from an index, by words, meaning and rules, and explains each hit; called by `searchIndex.ts`. Embeds
 * nothing itself.
 */
import { termsOfQuestion } from '../../common/text/terms';
import type { SearchRemark } from '../../ipc/indexer/protocol';
import { parseQuestion } from '../../ipc/indexer/query';
import type { ParsedQuery } from '../../ipc/indexer/query';
import type { QuestionVector } from '../vectors/searchedModel';
import { candidatesOf } from './candidates';
import type { ComparedQuestion, SourceReaders } from './candidates';
import { exactText, PatternError } from './exactText';
import type { ExactText } from './exactText';
import { acceptedFiles, unknownKinds } from './filters';
import type { SearchMode } from './fusion';
import { inOrder } from './hits';
import type { Hit, SearchCandidates } from './hits';
import { joinParts } from './joinParts';
import { askedFor, rules } from './rules';
import type { Searched } from './searched';
import { correctionsOf } from './spelling';

/** How many of the best by words, and of those by meaning, are looked at by rules. */
const pool = 200;

export interface Search extends SourceReaders {
  /** As a person types it, see `parseQuestion`. */
  readonly input: string;
  readonly mode: SearchMode;
  /** How many answers at most. */
  readonly top: number;
  /** The question (its `text`, see `Question`) as each model sees it; without any, only words are compared. */
  readonly vectors: ReadonlyMap<string, QuestionVector>;
}

/** The best answers to a question, best first. */
export function search(searched: Searched, request: Search): Hit[] {
  return answer(searched, request).hits;
}

/** The same with what there is to say about the question itself. */
export function answer(searched: Searched, request: Search): { hits: Hit[]; remarks: readonly SearchRemark[] } {
  const answers = answersTo(searched, request);
  return { hits: inOrder(answers, rules).slice(0, request.top), remarks: answers.remarks };
}

/**
 * Compares the words of a question while models still embed it: the answer to the same question then goes on from there.
 * Does nothing else, and is not needed.
 */
export function compareWords(searched: Searched, input: string): void {
  searched.catalogue.snapshot(() => {
    searched.dense.refresh();
    searched.lexical.scores(termsOfQuestion(corrected(searched, parseQuestion(input)).question.text));
  });
}

/** All that is looked at to answer a question. */
export function answersTo(searched: Searched, request: Search): SearchCandidates {
  const { input, mode, top, vectors } = request;
  const typed = parseQuestion(input);
  const { exact, remarks: ofPattern } = exactOf(typed);
  return searched.catalogue.snapshot(() => {
    searched.dense.refresh();
    const { question, remarks: ofWords } = corrected(searched, typed);
    const { accepts, remarks: ofFiles } = acceptedFiles(searched.catalogue, question);
    const terms = termsOfQuestion(question.text);
    const comparing =
      mode === 'lexical' || vectors.size === 0 || terms.length === 0 ? undefined : searched.dense.begin(vectors);
    // Meanwhile.
    const byWords = searched.lexical.scores(terms);
    const compared: ComparedQuestion = {
      question,
      terms,
      mode: comparing === undefined ? 'lexical' : mode,
      byWords,
      byMeaning: comparing?.(),
      wanted: Math.max(pool, top),
      exact,
      accepts,
    };
    const { candidates, remarks: ofScan } = candidatesOf(searched, compared, request);
    return {
      asked: askedFor(question.text),
      mode: compared.mode,
      candidates: joinParts(candidates),
      remarks: [
        ...unknownKinds(typed).map((name): SearchRemark => ({ kind: 'unknownKind', name })),
        ...ofPattern,
        ...ofWords,
        ...ofFiles,
        ...ofScan,
      ],
    };
  });
}

/** A pattern that is none finds nothing, and says why. */
function exactOf(question: ParsedQuery): { exact: ExactText | undefined; remarks: SearchRemark[] } {
  try {
    return { exact: exactText(question), remarks: [] };
  } catch (error) {
    if (!(error instanceof PatternError)) throw error;
    const { isLookAround, message: reason } = error;
    return { exact: { isIn: () => false, spansIn: () => [] }, remarks: [{ kind: 'pattern', isLookAround, reason }] };
  }
}

/** Where no word of a question is in the code, the words that are meant; what has to stand there to the letter is meant so. */
function corrected(
  { lexical }: Searched,
  question: ParsedQuery,
): { question: ParsedQuery; remarks: readonly SearchRemark[] } {
  if (question.phrases.length > 0 || question.pattern !== undefined) return { question, remarks: [] };
  const terms = termsOfQuestion(question.text);
  if (terms.length === 0 || terms.some((term) => lexical.frequencyOf(term) > 0)) return { question, remarks: [] };
  const corrections = correctionsOf(question.text, (term) => lexical.frequencyOf(term));
  const words = new Map(corrections.map(({ from, to }) => [from, to]));
  const text = question.text.replaceAll(/[\p{L}\p{M}\p{N}_$]+/gu, (word) => words.get(word) ?? word);
  return {
    question: { ...question, text },
    remarks: corrections.map(({ from, to }) => ({ kind: 'corrected', from, to })),
  };
}
