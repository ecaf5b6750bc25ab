/**
 * The kinds of definitions that can be searched for, and how they are told from the words of a language; used by
 * `grammars.ts`, `structure.ts` and the filters of the search.
 */

const kinds = [
  'function',
  'method',
  'class',
  'struct',
  'interface',
  'enum',
  'type',
  'module',
  'property',
  'macro',
  'section',
  'rule',
] as const;
export type SymbolKind = (typeof kinds)[number];

/** What languages call them, where that is another word. */
const keywords =
  /^(?:fn|fun|func|def|constructor|impl|object|record|extension|union|trait|protocol|namespace|package|delegate|annotation|table|view)s?$/;

/** What else a kind may be meant by: a method is a function, and a struct is a class to who comes from another language. */
const also: Partial<Record<SymbolKind, readonly SymbolKind[]>> = {
  function: ['method'],
  class: ['struct'],
  type: ['class', 'struct', 'interface', 'enum'],
};

/** In this order: a `method_declaration` may hold the word `function` in no language. Of words of code and of nodes of trees. */
const words: readonly (readonly [RegExp, SymbolKind])[] = [
  [/macro|preproc_function/, 'macro'],
  [/method|constructor/, 'method'],
  [/class|impl|object|extension|record/, 'class'],
  [/struct|union/, 'struct'],
  [/interface|trait|protocol/, 'interface'],
  [/enum/, 'enum'],
  [/namespace|module|mod_item|package/, 'module'],
  [/property/, 'property'],
  [/type|delegate|annotation|table|view/, 'type'],
  [/rule|keyframes/, 'rule'],
  [/section/, 'section'],
];

/** @param name as people type it, in lower case: a kind, several of it, or a keyword of some language; undefined where it is neither */
export function symbolKindNamed(name: string): SymbolKind | undefined {
  const one = kinds.find((kind) => name === kind || name === `${kind}s` || name === `${kind}es`);
  return one ?? (keywords.test(name) ? symbolKindOf(name) : undefined);
}

/** The kinds that are meant where one is asked for. */
export function kindsLike(kind: SymbolKind): readonly SymbolKind[] {
  return [kind, ...(also[kind] ?? [])];
}

/** @param word a keyword of code, or the type of a node of a tree: `fn`, `class_declaration` */
export function symbolKindOf(word: string): SymbolKind {
  return words.find(([pattern]) => pattern.test(word.toLowerCase()))?.[1] ?? 'function';
}
