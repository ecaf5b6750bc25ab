/**
 * How models begin sentences about code without saying anything: "This function …", "The code from a.ts is a function
 * that …". Used by what writes summaries, which shows what comes behind; knows the text alone.
 */

const kind = '(?:code|function|method|class|script|program|snippet|module)';
const name = '(?:`[^`]*`|[\\p{L}_$#][\\p{L}\\p{N}_$.#]*(?:\\(\\))?)';
const about = String.raw`(?:this|the)\s+(?:(?:given|above|following|provided|JavaScript|TypeScript|Python)\s+)*(?:${'`[^`]*`'}\s+)?${kind}`;
const where = String.raw`(?:\s+(?:(?:from|in)\s+(?:(?:the\s+)?(?:given|above|following|provided)\s+code|[\w./#$@-]*\w)|(?:(?:called|named)\s+)?${'`[^`]*`'}|(?:called|named)\s+${name}))?`;
const subject = new RegExp(`^(?:${about}${where}|\`[^\`]*\`(?=\\s+is\\s+a))(?=[\\s:]|$)`, 'iu');

/** What may stand behind the subject, and what becomes of the word behind that. */
const predicates: readonly (readonly [pattern: RegExp, change: (word: string) => string])[] = [
  [new RegExp(String.raw`^,?\s+is\s+an?\s+(?:[\w/-]+\s+){0,3}${kind}\s+(?:that|which)\s+`, 'iu'), (word) => word],
  [/^\s+is\s+(?:used|designed|intended|meant|supposed)\s+to\s+/iu, thirdPerson],
  [/^\s+(?:will|can|should)\s+/iu, thirdPerson],
  [/^\s+is\s+(?=an?\s)/iu, (word) => word],
  [/^\s+does\s+the\s+following\s*:?\s*/iu, (word) => word],
  [/^\s+(?=(?!is\b|was\b|has\b|does\b)[a-z]+s\s+(?!of\b|is\b|are\b|was\b|were\b))/u, (word) => word],
];

/** Removes the opening of a sentence that names the code. A sentence without a known opening stays as it is. */
export function withoutOpening(sentence: string): string {
  const rest = sentence.slice(subject.exec(sentence)?.[0].length ?? Infinity);
  for (const [pattern, change] of predicates) {
    const matched = pattern.exec(rest)?.[0];
    if (matched === undefined) continue;
    const said = rest.slice(matched.length).replace(/^[a-z]+/u, change);
    return said.charAt(0).toUpperCase() + said.slice(1);
  }
  return sentence;
}

/** A regular verb's form behind "it": `find` → `finds`. */
function thirdPerson(verb: string): string {
  if (/(?:s|x|z|ch|sh|o)$/.test(verb)) return `${verb}es`;
  return /[^aeiou]y$/.test(verb) ? `${verb.slice(0, -1)}ies` : `${verb}s`;
}
