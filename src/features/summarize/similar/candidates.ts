/**
 * Collects candidate sentences for a function from documented functions with similar names, each reworded and with its
 * evidence. Used by `similar.ts`; `choice.ts` selects among them.
 */
import type { Documented, FunctionCode } from './documented';
import { evidenceFor, ComparedFunction } from './evidence';
import type { SimilarityEvidence } from './evidence';
import { retell } from './retelling';

/** A sentence that may describe a function, since the documentation of another one has it. */
export interface SentenceCandidate {
  readonly sentence: string;
  readonly from: Documented;
  readonly evidence: SimilarityEvidence;
}

/** Functions with the most alike names are compared; of many that are as like, the first ones. */
const maxCompared = 24;

/** @param others without the function itself; nearest first */
export function candidatesFor(own: FunctionCode, others: readonly Documented[]): SentenceCandidate[] {
  const subject = new ComparedFunction(own);
  const likest = others
    .map((other) => ({ other, names: subject.likenessOfName(other.name) }))
    .filter(({ names }) => names > 0)
    .sort((a, b) => b.names - a.names)
    .slice(0, maxCompared);
  return likest.flatMap(({ other, names }) => {
    const sentence = retell(other.sentence, other, own);
    if (subject.isForeign(sentence, other)) return [];
    const asLike = likest.filter((one) => one.names >= names);
    const share = asLike.filter((one) => one.other.sentence === other.sentence).length / asLike.length;
    return [{ sentence, from: other, evidence: evidenceFor(subject, other, sentence, { names, share }) }];
  });
}
