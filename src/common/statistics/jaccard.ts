/** Jaccard similarity of two word sets; used to compare code for copying, examples and similar functions. */

/** How alike two sets of words are, 0…1: what they share of all that they have (Jaccard 1901); 0 for two empty ones. */
export function likeness(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  let shared = 0;
  for (const one of a) if (b.has(one)) shared++;
  const all = a.size + b.size - shared;
  return all === 0 ? 0 : shared / all;
}
