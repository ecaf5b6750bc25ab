/** Makes one answer of the parts of a long definition; used by `search.ts`. */
import type { SearchCandidate } from './hits';

/**
 * The parts of a long definition answer together, at the place of the best of them: each term counts where it counts
 * most, as the length that scores are measured by is that of the whole; and so does meaning.
 */
export function joinParts(candidates: readonly SearchCandidate[]): SearchCandidate[] {
  const joined = new Map<string, SearchCandidate>();
  for (const candidate of candidates) {
    const key = `${candidate.definition} ${candidate.path}`;
    const other = joined.get(key);
    joined.set(key, other === undefined ? candidate : join(other, candidate));
  }
  return [...joined.values()];
}

function join(a: SearchCandidate, b: SearchCandidate): SearchCandidate {
  const best =
    b.lexical > a.lexical || (b.lexical === a.lexical && (b.dense ?? -Infinity) > (a.dense ?? -Infinity)) ? b : a;
  const terms = { ...a.terms };
  for (const [term, added] of Object.entries(b.terms)) terms[term] = Math.max(added, terms[term] ?? 0);
  const nearer = (b.dense ?? -Infinity) > (a.dense ?? -Infinity) ? b : a;
  const sum = Object.values(terms).reduce((total, added) => total + added, 0);
  return {
    ...best,
    defines: a.defines || b.defines,
    terms,
    lexical: Math.max(sum, best.lexical),
    dense: nearer.dense,
    cosine: nearer.cosine,
    piece: (nearer.cosine === undefined ? best : nearer).piece,
  };
}
