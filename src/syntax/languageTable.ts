/**
 * What Glassbox knows of each language, one row a language and nothing about a language anywhere else: names of files, grammar,
 * comments, strings, blocks, documentation. Data for `languages.ts`; it must not decide anything.
 */

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

/** `headings`: sections under Markdown headings; `indentation`: what is indented below a line belongs to it. */
export type Structure = { readonly grammar: Grammar } | 'headings' | 'indentation' | 'plain';

export interface Comments {
  /** What begins a comment that ends with its line, the usual one first. */
  readonly lines: readonly string[];
  readonly block?: readonly [open: string, close: string];
}

export interface Strings {
  /** Characters that begin and end a string. */
  readonly quotes: string;
  /** Those of them whose strings may go over several lines. */
  readonly multiline: string;
  /** What begins and ends a string over several lines, such as three quotes. */
  readonly long: readonly string[];
}

/** How lines tell that a block begins, goes on and ends. Patterns are matched against a line without indentation and comment. */
export interface Blocks {
  readonly opens: RegExp;
  /** A line that goes on with the block that the line before it has closed. */
  readonly continues: RegExp;
  /** A word that closes a block; undefined where brackets or indentation do. */
  readonly closes?: RegExp;
}

/** How documentation of a definition is written: `syntax/documentation.ts` reads each of them, summaries write them. */
export type DocumentationStyle =
  | 'docstring'
  | 'doxygen'
  | 'godoc'
  | 'hashes'
  | 'javadoc'
  | 'jsdoc'
  | 'luadoc'
  | 'none'
  | 'phpdoc'
  | 'rustdoc'
  | 'slashes'
  | 'xml'
  | 'yard';

export interface Language {
  /** As VS Code names it, and as the filter `lang:` takes it. */
  readonly id: string;
  /** Endings of file names in lower case, without the dot, the usual one first. */
  readonly endings: readonly string[];
  /** Whole file names in lower case. */
  readonly names: readonly string[];
  /** What people call it beside that, in lower case, and names that mean this language among others. */
  readonly aliases: readonly string[];
  /** Languages of one family are written alike: code is copied between their files. */
  readonly family: string;
  readonly structure: Structure;
  readonly comments: Comments;
  readonly strings: Strings;
  readonly blocks: Blocks;
  /** Whether text of HTML may stand in it, as in JSX. */
  readonly markup: boolean;
  /** What ends a statement before its line does. */
  readonly terminator: ';' | undefined;
  readonly documentation: DocumentationStyle;
}

type Row = Partial<Omit<Language, 'endings' | 'names' | 'aliases'>> & {
  readonly endings?: string;
  readonly names?: string;
  readonly aliases?: string;
};
type Writing = Pick<Language, 'comments' | 'strings' | 'blocks' | 'terminator'>;

const list = (text: string): readonly string[] => text.split(' ').filter((one) => one !== '');
const grammar = (name: Grammar): Structure => ({ grammar: name });

const slashed: Comments = { lines: ['//'], block: ['/*', '*/'] };
const hashed: Comments = { lines: ['#'] };
const tagged: Comments = { lines: [], block: ['<!--', '-->'] };

const twoQuotes: Strings = { quotes: `"'`, multiline: '', long: [] };
const doubleQuotes: Strings = { quotes: '"', multiline: '', long: [] };
const backQuotes: Strings = { quotes: '"\'`', multiline: '`', long: [] };
const tripleQuotes: Strings = { ...twoQuotes, long: ['"""', "'''"] };
const tripleDoubleQuotes: Strings = { ...doubleQuotes, long: ['"""'] };

/** Blocks in brackets, and behind a colon: cases and labels here, everything in Python. */
const bracketed: Blocks = {
  opens: /[{([:]$|=>$/,
  continues: /^(?:else|elif|except|finally|catch|rescue|ensure|elsif|case|default)\b/,
};
const rubyBlocks: Blocks = {
  opens:
    /[{([|]$|\b(?:do|then|else|begin|ensure|rescue)$|^(?:def|class|module|if|unless|while|until|case|for|elsif|when)\b(?!.*(?:\bend$|;))/,
  continues: /^(?:else|elsif|when|in|rescue|ensure)\b/,
  closes: /^end\b/,
};
const luaBlocks: Blocks = {
  opens: /[{([]$|\b(?:do|then|else|repeat)$|\bfunction\b[^()]*\([^()]*\)$/,
  continues: /^(?:else|elseif)\b/,
  closes: /^(?:end|until)\b/,
};
const elixirBlocks: Blocks = {
  opens: /[{([]$|\b(?:do|else|rescue|catch|after)$|->$/,
  continues: /^(?:else|rescue|catch|after)\b/,
  closes: /^end\b/,
};
const shellBlocks: Blocks = {
  opens: /[{(]$|\b(?:do|then|else)$|^case\b.*\bin$/,
  continues: /^(?:else|elif)\b/,
  closes: /^(?:fi|done|esac)\b/,
};
const juliaBlocks: Blocks = {
  opens: /[{([]$|^(?:function|macro|if|elseif|else|for|while|struct|mutable|module|begin|let|try|catch)\b(?!.*\bend$)/,
  continues: /^(?:else|elseif|catch|finally)\b/,
  closes: /^end\b/,
};

const curly: Writing = { comments: slashed, strings: twoQuotes, blocks: bracketed, terminator: ';' };
/** Statements end with their lines; a semicolon parts the heads of loops. */
const curlyLines: Writing = { ...curly, terminator: undefined };
const script: Writing = { ...curly, strings: backQuotes };
/** A single quote begins a character or a lifetime, not a string. */
const characters: Writing = { ...curly, strings: doubleQuotes };
const hashLines: Writing = { comments: hashed, strings: twoQuotes, blocks: bracketed, terminator: undefined };
const markup: Writing = { comments: tagged, strings: doubleQuotes, blocks: bracketed, terminator: undefined };
/** Apostrophes of prose are no quotes. */
const prose: Writing = {
  comments: { lines: [] },
  strings: { quotes: '', multiline: '', long: [] },
  blocks: bracketed,
  terminator: undefined,
};
const semicolons: Writing = { ...hashLines, comments: { lines: [';'] }, strings: doubleQuotes };

const scripts = { family: 'script', documentation: 'jsdoc', markup: true, ...script } as const;
const cFamily = { family: 'c', documentation: 'doxygen', structure: grammar('cpp'), ...curly } as const;
const markups = { family: 'markup', structure: 'plain', markup: true, ...markup } as const;
const styleSheets = { family: 'css', ...curly } as const;

const rows: Readonly<Record<string, Row>> = {
  javascript: {
    aliases: 'node ecmascript',
    ...scripts,
    endings: 'js cjs mjs es6',
    names: 'jakefile',
    structure: grammar('javascript'),
  },
  javascriptreact: { aliases: 'javascript react', ...scripts, endings: 'jsx', structure: grammar('javascript') },
  typescript: { ...scripts, endings: 'ts cts mts', structure: grammar('typescript') },
  typescriptreact: { aliases: 'typescript react', ...scripts, endings: 'tsx', structure: grammar('tsx') },
  vue: { ...scripts, endings: 'vue' },
  svelte: { ...scripts, endings: 'svelte' },
  astro: { ...scripts, endings: 'astro' },
  python: {
    aliases: 'python3 py',
    ...hashLines,
    strings: tripleQuotes,
    endings: 'py pyi pyw',
    names: 'sconstruct sconscript wscript',
    structure: grammar('python'),
    documentation: 'docstring',
  },
  starlark: {
    ...hashLines,
    strings: tripleQuotes,
    endings: 'bzl star bazel',
    names: 'build workspace',
    family: 'starlark',
  },
  java: {
    ...characters,
    strings: tripleDoubleQuotes,
    endings: 'java',
    family: 'jvm',
    structure: grammar('java'),
    documentation: 'javadoc',
  },
  kotlin: {
    aliases: 'kt',
    ...curlyLines,
    strings: tripleDoubleQuotes,
    endings: 'kt kts',
    family: 'jvm',
    documentation: 'jsdoc',
  },
  scala: { ...curlyLines, strings: tripleDoubleQuotes, endings: 'scala sc sbt', documentation: 'jsdoc' },
  groovy: {
    ...curlyLines,
    strings: tripleQuotes,
    endings: 'groovy gradle gvy',
    names: 'jenkinsfile',
    documentation: 'jsdoc',
  },
  csharp: {
    aliases: 'c# .net',
    ...characters,
    strings: tripleDoubleQuotes,
    endings: 'cs csx',
    structure: grammar('c-sharp'),
    documentation: 'xml',
  },
  fsharp: {
    aliases: 'f#',
    ...curlyLines,
    strings: tripleDoubleQuotes,
    endings: 'fs fsx fsi',
    documentation: 'slashes',
  },
  // C is understood by the grammar of C++.
  c: { ...cFamily, endings: 'c h' },
  cpp: { aliases: 'c++', ...cFamily, endings: 'cpp cc cxx hh hpp hxx ino inl ipp' },
  'cuda-cpp': { aliases: 'cuda', ...cFamily, endings: 'cu cuh' },
  'objective-c': { aliases: 'objc objectivec', ...cFamily, endings: 'm', structure: 'indentation' },
  'objective-cpp': { aliases: 'objc objectivec objective-c++', ...cFamily, endings: 'mm', structure: 'indentation' },
  go: {
    aliases: 'golang',
    ...curlyLines,
    strings: backQuotes,
    endings: 'go',
    structure: grammar('go'),
    documentation: 'godoc',
  },
  rust: { aliases: 'rustlang', ...characters, endings: 'rs', structure: grammar('rust'), documentation: 'rustdoc' },
  zig: { ...characters, endings: 'zig', documentation: 'slashes' },
  swift: { ...curlyLines, strings: tripleDoubleQuotes, endings: 'swift', documentation: 'slashes' },
  dart: { ...curly, strings: tripleQuotes, endings: 'dart', documentation: 'slashes' },
  ruby: {
    aliases: 'rails',
    ...hashLines,
    blocks: rubyBlocks,
    endings: 'rb rake gemspec ru podspec',
    names: 'gemfile rakefile vagrantfile podfile fastfile guardfile capfile brewfile dangerfile',
    structure: grammar('ruby'),
    documentation: 'yard',
  },
  php: {
    ...curly,
    markup: true,
    comments: { ...slashed, lines: ['//', '#'] },
    endings: 'php phtml',
    structure: grammar('php'),
    documentation: 'phpdoc',
  },
  perl: { aliases: 'perl5', ...hashLines, terminator: ';', endings: 'pl pm pod', names: 'cpanfile' },
  r: { aliases: 'rlang', ...hashLines, endings: 'r', names: '.rprofile' },
  julia: { ...hashLines, strings: tripleDoubleQuotes, blocks: juliaBlocks, endings: 'jl' },
  nim: { ...hashLines, strings: tripleDoubleQuotes, endings: 'nim nims' },
  lua: {
    ...hashLines,
    comments: { lines: ['--'], block: ['--[[', ']]'] },
    blocks: luaBlocks,
    endings: 'lua',
    documentation: 'luadoc',
  },
  elixir: {
    aliases: 'ex',
    ...hashLines,
    strings: { ...twoQuotes, long: ['"""'] },
    blocks: elixirBlocks,
    endings: 'ex exs',
  },
  erlang: { aliases: 'erl', ...hashLines, comments: { lines: ['%'] }, strings: doubleQuotes, endings: 'erl hrl' },
  haskell: {
    aliases: 'hs',
    ...hashLines,
    comments: { lines: ['--'], block: ['{-', '-}'] },
    strings: doubleQuotes,
    endings: 'hs',
  },
  ocaml: {
    aliases: 'ml',
    ...hashLines,
    comments: { lines: [], block: ['(*', '*)'] },
    strings: doubleQuotes,
    endings: 'ml mli',
  },
  clojure: { ...semicolons, endings: 'clj cljs cljc edn', family: 'lisp' },
  lisp: { aliases: 'scheme racket elisp', ...semicolons, endings: 'el lisp scm rkt', family: 'lisp' },
  shellscript: {
    aliases: 'bash shell sh zsh',
    ...hashLines,
    blocks: shellBlocks,
    strings: { ...backQuotes, multiline: '' },
    endings: 'sh bash zsh ksh',
    names:
      '.bashrc .bash_profile .bash_login .bash_logout .bash_aliases .profile .zshrc .zshenv .zprofile .zlogin .envrc pkgbuild',
    structure: grammar('bash'),
    documentation: 'hashes',
  },
  fish: {
    ...hashLines,
    blocks: { ...juliaBlocks, opens: /^(?:function|if|else|for|while|switch|case|begin)\b/ },
    endings: 'fish',
  },
  powershell: {
    aliases: 'pwsh',
    ...hashLines,
    comments: { lines: ['#'], block: ['<#', '#>'] },
    endings: 'ps1 psm1 psd1',
    structure: grammar('powershell'),
  },
  bat: { aliases: 'batch', ...hashLines, comments: { lines: ['::'] }, strings: doubleQuotes, endings: 'bat cmd' },
  makefile: { aliases: 'make', ...hashLines, endings: 'mk mak', names: 'makefile gnumakefile' },
  cmake: { ...hashLines, strings: doubleQuotes, endings: 'cmake', names: 'cmakelists.txt' },
  dockerfile: {
    aliases: 'docker',
    ...hashLines,
    endings: 'dockerfile containerfile',
    names: 'dockerfile containerfile',
  },
  terraform: {
    aliases: 'hcl',
    ...hashLines,
    comments: { lines: ['#', '//'], block: ['/*', '*/'] },
    strings: doubleQuotes,
    endings: 'tf tfvars hcl',
  },
  nix: { ...hashLines, strings: doubleQuotes, endings: 'nix', terminator: ';' },
  just: { ...hashLines, names: 'justfile', endings: 'just' },
  sql: { ...curly, comments: { lines: ['--'], block: ['/*', '*/'] }, endings: 'sql' },
  graphql: { ...hashLines, strings: tripleDoubleQuotes, endings: 'graphql gql' },
  proto3: { aliases: 'protobuf', ...curly, endings: 'proto' },
  solidity: { ...curly, endings: 'sol', documentation: 'slashes' },
  css: { ...styleSheets, comments: { lines: [], block: ['/*', '*/'] }, endings: 'css', structure: grammar('css') },
  scss: { aliases: 'sass', ...styleSheets, endings: 'scss' },
  less: { ...styleSheets, endings: 'less' },
  ini: {
    ...semicolons,
    comments: { lines: [';', '#'] },
    endings: 'ini cfg conf properties',
    names: '.editorconfig .gitconfig .gitmodules .npmrc .pylintrc .flake8',
    structure: grammar('ini'),
  },
  yaml: { aliases: 'yml', ...hashLines, endings: 'yml yaml', names: '.clang-format .clang-tidy' },
  toml: {
    ...hashLines,
    strings: tripleQuotes,
    endings: 'toml',
    names: 'pipfile cargo.lock poetry.lock uv.lock',
    structure: 'plain',
  },
  ignore: {
    ...hashLines,
    strings: prose.strings,
    names: '.gitignore .dockerignore .npmignore .vscodeignore .glassboxignore',
  },
  json: {
    ...script,
    strings: doubleQuotes,
    terminator: undefined,
    endings: 'json jsonc json5',
    names: '.babelrc .eslintrc .prettierrc .jshintrc',
    structure: 'plain',
  },
  html: { aliases: 'xhtml', ...markups, endings: 'html htm xhtml' },
  xml: { ...markups, endings: 'xml xsd xsl svg' },
  // Its cells are read, each in its own language: see regions.ts.
  jupyter: { aliases: 'notebook', endings: 'ipynb', structure: 'plain' },
  markdown: {
    aliases: 'md',
    ...prose,
    markup: true,
    comments: tagged,
    endings: 'md markdown mdx',
    structure: 'headings',
  },
  plaintext: {
    aliases: 'plain text',
    ...prose,
    endings: 'txt text rst adoc log',
    names: 'license licence copying notice authors readme changelog',
    structure: 'plain',
  },
};

/** Every language that Glassbox knows something about. */
export const languages: readonly Language[] = Object.entries(rows).map(
  ([id, { endings = '', names = '', aliases = '', ...row }]) => ({
    id,
    family: id,
    structure: 'indentation',
    documentation: 'none',
    markup: false,
    ...prose,
    ...row,
    endings: list(endings),
    names: list(names),
    aliases: list(aliases),
  }),
);

/**
 * A file whose name says nothing: code in it may be of any language, so every quote counts, and comments are taken for those
 * of most languages.
 */
export const unknownLanguage: Language = {
  id: 'plaintext',
  endings: [],
  names: [],
  aliases: [],
  family: '',
  structure: 'indentation',
  ...script,
  terminator: undefined,
  markup: false,
  documentation: 'none',
};
