/** What a file is written in, by its name: a grammar where there is one, else the structure that its kind of text has. */

import { fileName } from '../common/files/paths';

/** The grammars of `@vscode/tree-sitter-wasm` that know definitions. */
export type Grammar =
  | 'bash'
  | 'c-sharp'
  | 'cpp'
  | 'css'
  | 'go'
  | 'ini'
  | 'java'
  | 'javascript'
  | 'php'
  | 'powershell'
  | 'python'
  | 'ruby'
  | 'rust'
  | 'tsx'
  | 'typescript';

export interface Language {
  /** As VS Code names it, and as the filter `lang:` takes it. */
  readonly id: string;
  /** `headings`: sections under Markdown headings; `indentation`: what is indented below a line belongs to it. */
  readonly structure: { readonly grammar: Grammar } | 'headings' | 'indentation' | 'plain';
}

const byGrammar: readonly (readonly [id: string, grammar: Grammar, endings: string])[] = [
  ['javascript', 'javascript', 'js cjs mjs es6'],
  ['javascriptreact', 'javascript', 'jsx'],
  ['typescript', 'typescript', 'ts cts mts'],
  ['typescriptreact', 'tsx', 'tsx'],
  ['python', 'python', 'py pyi pyw'],
  ['java', 'java', 'java'],
  ['csharp', 'c-sharp', 'cs csx'],
  // C is understood by the grammar of C++.
  ['c', 'cpp', 'c h'],
  ['cpp', 'cpp', 'cc cpp cxx hh hpp hxx ino inl ipp cu cuh'],
  ['go', 'go', 'go'],
  ['rust', 'rust', 'rs'],
  ['ruby', 'ruby', 'rb rake gemspec'],
  ['php', 'php', 'php phtml'],
  ['shellscript', 'bash', 'sh bash zsh ksh'],
  ['powershell', 'powershell', 'ps1 psm1'],
  ['css', 'css', 'css'],
  ['ini', 'ini', 'ini cfg conf properties'],
];

const byStructure: readonly (readonly [
  id: string,
  structure: 'headings' | 'indentation' | 'plain',
  endings: string,
])[] = [
  ['markdown', 'headings', 'md markdown mdx'],
  ['plaintext', 'plain', 'txt text rst adoc log'],
  ['json', 'plain', 'json jsonc json5'],
  ['html', 'plain', 'html htm xhtml'],
  ['xml', 'plain', 'xml xsd xsl svg'],
  ['yaml', 'indentation', 'yml yaml'],
  ['toml', 'plain', 'toml'],
  ['sql', 'indentation', 'sql'],
  ['kotlin', 'indentation', 'kt kts'],
  ['swift', 'indentation', 'swift'],
  ['scala', 'indentation', 'scala sc'],
  ['dart', 'indentation', 'dart'],
  ['lua', 'indentation', 'lua'],
  ['elixir', 'indentation', 'ex exs'],
  ['haskell', 'indentation', 'hs'],
  ['vue', 'indentation', 'vue'],
  ['svelte', 'indentation', 'svelte'],
];

const byEnding = new Map<string, Language>(
  [
    ...byGrammar.map(([id, grammar, endings]) => [{ id, structure: { grammar } }, endings] as const),
    ...byStructure.map(([id, structure, endings]) => [{ id, structure }, endings] as const),
  ].flatMap(([language, endings]) => endings.split(' ').map((ending) => [ending, language] as const)),
);

const unknown: Language = { id: 'plaintext', structure: 'indentation' };

/** @param path with `/` between folders */
export function languageOf(path: string): Language {
  const name = fileName(path).toLowerCase();
  return byEnding.get(name.slice(name.lastIndexOf('.') + 1)) ?? unknown;
}

/** A path whose ending tells a language: an untitled document and a notebook's cell are code like any other. @param languageId as VS Code names it */
export function pathInLanguage(path: string, languageId: string): string {
  if (languageOf(path).id === languageId) return path;
  const ending = [...byEnding].find(([, { id }]) => id === languageId)?.[0];
  return ending === undefined ? path : `${path}.${ending}`;
}
