/**
 * Classifies each identifier in generated text as copied from the prompt, a variation of a name there, or new. Used by
 * the why view; pure functions.
 */

/** How an identifier came to be in what a model wrote. */
export type Origin = 'copied' | 'renamed' | 'new';

export interface Identifier {
  readonly name: string;
  /** UTF-16 offset in the written text. */
  readonly start: number;
  readonly origin: Origin;
  /** What it was copied from or resembles; undefined for new ones. */
  readonly source?: string;
  /** UTF-16 offset in the prompt, of the last occurrence. */
  readonly sourceStart?: number;
}

const identifier = /[\p{ID_Start}_$][\p{ID_Continue}$]*/gu;

/** Words that languages own, not programmers. */
const keywords = new Set(
  'abstract and as assert async await boolean break case catch class const continue debugger def default del delete do elif else enum except export extends false finally for from function get global if implements import in instanceof interface is lambda let new nonlocal not null number of or package pass private protected public raise readonly return self set static string super switch this throw true try type typeof undefined unknown var void while with yield None True False'.split(
    ' ',
  ),
);

/**
 * Judges every identifier of what was written by the prompt: `copied` where the prompt has the same, `renamed` where it
 * has one made of almost the same words, `new` where it has neither. Keywords are left out.
 */
export function originsOf(written: string, prompt: string): Identifier[] {
  const known = new Map<string, number>();
  for (const { 0: name, index } of prompt.matchAll(identifier)) if (!keywords.has(name)) known.set(name, index);
  const wordsOfKnown = [...known.keys()].map((name) => ({ name, words: words(name) }));
  return [...written.matchAll(identifier)]
    .filter(({ 0: name }) => !keywords.has(name))
    .map(({ 0: name, index: start }): Identifier => {
      const at = known.get(name);
      if (at !== undefined) return { name, start, origin: 'copied', source: name, sourceStart: at };
      const own = words(name);
      const alike = wordsOfKnown
        .map((other) => ({ name: other.name, likeness: likeness(own, other.words) }))
        .reduce((best, other) => (other.likeness > best.likeness ? other : best), { name: '', likeness: 0.49 });
      const sourceStart = known.get(alike.name);
      if (sourceStart === undefined) return { name, start, origin: 'new' };
      return { name, start, origin: 'renamed', source: alike.name, sourceStart };
    });
}

/** `parseLine2` and `PARSE_LINE_2` have the words parse, line and 2. */
function words(name: string): string[] {
  return (name.match(/\p{Lu}+(?!\p{Ll})|\p{Lu}?\p{Ll}+|\p{N}+|\p{Lo}+/gu) ?? [name]).map((word) => word.toLowerCase());
}

/** Words in common among all words, 0…1; a plural is the same word. */
function likeness(a: readonly string[], b: readonly string[]): number {
  const stem = (word: string): string => word.replace(/s$/, '');
  const left = new Set(a.map(stem));
  const right = new Set(b.map(stem));
  const common = [...left].filter((word) => right.has(word)).length;
  return common / new Set([...left, ...right]).size;
}
