/** How near a generated sentence comes to the author's: chrF and ROUGE-L. */

import { mean, sum } from '../group';

const maxGram = 6;
const beta = 2;

/** n-grams in the hypothesis, in the reference and in both, for n = 1…6. */
type GramCounts = { hypothesis: number; reference: number; both: number }[];

export type Pair = { hypothesis: string; reference: string };

/**
 * Corpus chrF2 in 0…100 as sacreBLEU defines it (Popović 2015; characters 1–6, no words, blanks removed): counts are
 * summed over all pairs, precision and recall averaged over the orders that both sides have.
 */
export function chrF(pairs: readonly Pair[]): number {
  const totals = Array.from({ length: maxGram }, () => ({ hypothesis: 0, reference: 0, both: 0 }));
  for (const pair of pairs) {
    for (const [order, counts] of countGrams(pair).entries()) {
      const inAll = totals[order]!;
      inAll.hypothesis += counts.hypothesis;
      inAll.reference += counts.reference;
      inAll.both += counts.both;
    }
  }
  return fScore(totals);
}

function countGrams({ hypothesis, reference }: Pair): GramCounts {
  return Array.from({ length: maxGram }, (_, index) => {
    const [written, wanted] = [gramsOf(hypothesis, index + 1), gramsOf(reference, index + 1)];
    let both = 0;
    for (const [gram, count] of written) both += Math.min(count, wanted.get(gram) ?? 0);
    const [ofHypothesis, ofReference] = [total(written), total(wanted)];
    // Without a gram in the reference there is nothing to be precise about.
    return { hypothesis: ofReference > 0 ? ofHypothesis : 0, reference: ofReference, both };
  });
}

function gramsOf(text: string, size: number): Map<string, number> {
  const characters = Array.from(text.replaceAll(/\s/g, ''));
  const grams = new Map<string, number>();
  for (let start = 0; start + size <= characters.length; start++) {
    const gram = characters.slice(start, start + size).join('');
    grams.set(gram, (grams.get(gram) ?? 0) + 1);
  }
  return grams;
}

const total = (grams: ReadonlyMap<string, number>): number => sum([...grams.values()]);

function fScore(counts: GramCounts): number {
  const known = counts.filter(({ hypothesis, reference }) => hypothesis > 0 && reference > 0);
  if (known.length === 0) return 0;
  const precision = mean(known.map(({ both, hypothesis }) => both / hypothesis));
  const recall = mean(known.map(({ both, reference }) => both / reference));
  if (precision + recall === 0) return 0;
  return (100 * (1 + beta ** 2) * precision * recall) / (beta ** 2 * precision + recall);
}

/** ROUGE-L in 0…1 (Lin 2004): F1 of the longest common subsequence of lower-case words. */
export function rougeL({ hypothesis, reference }: Pair): number {
  const [written, wanted] = [wordsOf(hypothesis), wordsOf(reference)];
  const common = longestCommonSubsequence(written, wanted);
  return common === 0 ? 0 : (2 * common) / (written.length + wanted.length);
}

const wordsOf = (text: string): string[] => text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];

function longestCommonSubsequence(a: readonly string[], b: readonly string[]): number {
  let row = new Array<number>(b.length + 1).fill(0);
  for (const word of a) {
    const next = [0];
    for (const [index, other] of b.entries()) {
      next.push(word === other ? row[index]! + 1 : Math.max(row[index + 1]!, next[index]!));
    }
    row = next;
  }
  return row[b.length]!;
}
