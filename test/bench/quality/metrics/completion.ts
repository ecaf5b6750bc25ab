/** How near a completion comes to what was really written. Blanks at either end do not count. */
import { distance } from 'fastest-levenshtein';

export type CompletionScore = {
  /** 1 where the texts are equal. */
  exact: number;
  /** 1 − edit distance ÷ length of the longer text. */
  similarity: number;
  /** 1 where the same identifiers follow each other in both, whatever stands between them. */
  identifiers: number;
};

export function scoreCompletion(written: string, answer: string): CompletionScore {
  const [a, b] = [written.trim(), answer.trim()];
  return {
    exact: a === b ? 1 : 0,
    similarity: editSimilarity(a, b),
    identifiers: identifiersOf(a).join(' ') === identifiersOf(b).join(' ') ? 1 : 0,
  };
}

/** The ratio of Levenshtein in 0…1; two empty texts are equal. */
export function editSimilarity(a: string, b: string): number {
  const longer = Math.max(a.length, b.length);
  return longer === 0 ? 1 : 1 - distance(a, b) / longer;
}

function identifiersOf(text: string): string[] {
  return text.match(/[\p{L}_$][\p{L}\p{N}_$]*/gu) ?? [];
}
