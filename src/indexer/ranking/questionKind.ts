/** Tells what a question is made of, by its text alone; used by `hits.ts`, which weighs words and meaning by it. Looks nothing up. */

/** `code`: pasted from a file; `name`: one identifier, or one word; `sentence`: says in words what is looked for. */
export type QuestionKind = 'code' | 'name' | 'sentence';

/** What code has and prose has not: calls, assignments and comparisons, and lines that end in the middle of something. */
const syntax = /\w\(|\s[-+*/<>=!&|]?=+>?\s|;$|[{([,:]$/m;
/** What code is full of, and prose now and then mentions. */
const signs = /[(){}[\];=<>|&]|\w\.\w|\w_\w|[a-z][A-Z]/g;
/**
 * Of all characters but blanks. On 2,168 first sentences of documentation and a line of each function: 0.2 % of the sentences
 * count as code, 93 % of the lines do.
 */
const leastShareOfSigns = 0.06;
/** Scripts that put no blanks between words ask whole sentences in one piece: those are none of these. */
const identifier = /^[\w$#@.:-]+$/;

export function kindOfQuestion(text: string): QuestionKind {
  const asked = text.trim();
  if (syntax.test(asked) && shareOfSigns(asked) >= leastShareOfSigns) return 'code';
  return identifier.test(asked) ? 'name' : 'sentence';
}

function shareOfSigns(text: string): number {
  return (text.match(signs)?.length ?? 0) / text.replaceAll(/\s/g, '').length;
}
