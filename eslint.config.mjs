// @ts-check
import { createNodeResolver, importX } from 'eslint-plugin-import-x';
import tseslint from 'typescript-eslint';

/**
 * What the folders of src/ may import, besides themselves: imports go down this list. `engine/` stands at no place of it, since
 * nothing outside imports the engine.
 */
export const floors = {
  common: [],
  ipc: ['common'],
  attention: ['common', 'ipc'],
  syntax: ['common'],
  nearby: ['common', 'ipc', 'syntax'],
  stopping: ['common', 'ipc', 'syntax'],
  modelFolder: ['common', 'ipc'],
  servers: ['common', 'ipc', 'modelFolder'],
  indexer: ['common', 'ipc', 'modelFolder', 'syntax'],
  engine: ['common', 'ipc', 'attention', 'syntax', 'nearby', 'stopping', 'modelFolder'],
  host: ['common', 'ipc', 'syntax', 'nearby', 'servers'],
  features: ['common', 'ipc', 'attention', 'syntax', 'nearby', 'stopping', 'servers', 'host'],
  cli: [
    'common',
    'ipc',
    'attention',
    'syntax',
    'nearby',
    'stopping',
    'modelFolder',
    'servers',
    'indexer',
    'host',
    'features',
  ],
};

/** Folders of src/features/ that each hold one feature; what two of them need goes down to a lower floor. */
export const features = ['completion', 'inspector', 'models', 'nextEdit', 'search', 'status', 'summarize'];

/** The files that may know the editor: they read it, register things with it and hand plain data on. */
const edges = ['src/extension.ts', 'src/**/*.vscode.ts'];

/** The only folder that may load native code. */
const runtime = ['src/engine/runtime/**'];

const noEditor = { name: 'vscode', message: 'Only edges know the editor: see `edges` in eslint.config.mjs.' };
const noNativeCode = ['onnxruntime-node', 'koffi'].map((name) => ({
  name,
  message: 'Native code is loaded in src/engine/runtime/ only.',
}));

/** It reads GGUF files, and fetches them, too: the one module that gives it paths makes them local ones. */
const ggufHeader = 'src/modelFolder/gguf/header.ts';
const noGguf = { name: '@huggingface/gguf', message: `It can open sockets: only ${ggufHeader} knows it.` };

/** The only folder that may open a connection: to a server that the user has named. */
const http = ['src/servers/http/**'];
const noNetwork = ['dgram', 'dns', 'http', 'http2', 'https', 'net', 'tls', 'undici']
  .flatMap((name) => [name, `node:${name}`])
  .map((name) => ({ name, message: 'Connections are opened in src/servers/http/ only.', allowTypeImports: true }));
const noNetworkGlobals = ['EventSource', 'WebSocket', 'XMLHttpRequest', 'fetch'].map((name) => ({
  name,
  message: 'Connections are opened in src/servers/http/ only.',
}));

/** One way to write what is private: `#name`; `private` remains for parameters of constructors, and for constructors. */
const noPrivateKeyword = ['PropertyDefinition', 'MethodDefinition[kind!="constructor"]'].map((node) => ({
  selector: `${node}[accessibility="private"]`,
  message: 'Write #name: `private` is for constructors and their parameters only.',
}));

/** Messages that may hold outside text. */
const noBareMessages = {
  selector: 'MemberExpression[property.name=/^show(Information|Warning|Error)Message$/]',
  message: 'Messages are shown by src/host/notice.vscode.ts, which keeps text of files and models from being a link.',
};

/** One way to write what a function throws, which editors link. @type {import('eslint').Rule.RuleModule} */
const throwsInBraces = {
  create: ({ sourceCode, report }) => ({
    Program() {
      for (const comment of sourceCode.getAllComments()) {
        if (/@throws (?!\{(?:[A-Z]\w*|unknown)\})/.test(comment.value) && comment.loc)
          report({ loc: comment.loc, message: 'Write `@throws {TheError} when …`.' });
      }
    },
  }),
};

const noToolkit = { name: '@vscode/webview-ui-toolkit', message: 'Only webview/shared/toolkit.ts knows the toolkit.' };

/** What a generator writes has one module in front of it, which names what is in use. */
const noGenerated = {
  regex: '/generated/',
  message: 'Import it from the module in front of it: src/engine/graphs/onnx.ts.',
};

/** @param {{ name: string, message: string, allowTypeImports?: boolean }[]} paths @returns {import('eslint').Linter.RulesRecord} */
const restrictImports = (paths) => ({
  '@typescript-eslint/no-restricted-imports': ['error', { paths, patterns: [noGenerated] }],
  'no-restricted-syntax': [
    'error',
    ...noPrivateKeyword,
    noBareMessages,
    ...paths.map(({ name, message }) => ({ selector: `ImportExpression[source.value='${name}']`, message })),
  ],
});

/** @param {string} target @param {string[]} from @param {string} message @param {string[]} [except] paths within `from` @returns {import('eslint').Linter.RulesRecord} */
const keepApart = (target, from, message, except) => ({
  'import-x/no-restricted-paths': ['error', { zones: [{ target, from, message, ...(except ? { except } : {}) }] }],
});

export default tseslint.config(
  {
    ignores: [
      'dist/',
      '.cache/',
      'node_modules/',
      'models/',
      'sample/',
      'test/fixtures/',
      'test/output/',
      'src/**/generated/',
    ],
  },
  {
    files: ['src/**/*.ts', 'test/**/*.ts', 'webview/**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    plugins: { 'import-x': importX, glassbox: { rules: { 'throws-in-braces': throwsInBraces } } },
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    settings: {
      'import-x/parsers': { '@typescript-eslint/parser': ['.ts'] },
      'import-x/resolver-next': [createNodeResolver({ extensions: ['.ts', '.js', '.json'] })],
    },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      'no-console': 'error',
      eqeqeq: 'error',
      'max-lines': ['error', { max: 400, skipBlankLines: true, skipComments: true }],
      'import-x/no-cycle': 'error',
      'import-x/no-self-import': 'error',
      'glassbox/throws-in-braces': 'error',
      // Types are imported by a statement of their own, `import type`, and each module once a kind.
      'import-x/no-duplicates': 'error',
      'import-x/consistent-type-specifier-style': ['error', 'prefer-top-level'],
      // `typeof import('…')` is how a module that is loaded late is typed.
      '@typescript-eslint/consistent-type-imports': ['error', { disallowTypeAnnotations: false }],
      '@typescript-eslint/consistent-type-exports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/no-unused-vars': ['error', { ignoreRestSiblings: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      // `type` and `interface` each say something: a shape that unions build on, and a contract to implement.
      '@typescript-eslint/consistent-type-definitions': 'off',
      // It asks for `!`, which is forbidden: inner loops over typed arrays say `as number` where bounds are known.
      '@typescript-eslint/non-nullable-type-assertion-style': 'off',
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
    },
  },
  {
    files: ['src/**/*.ts'],
    rules: {
      ...restrictImports([noEditor, ...noNativeCode, noGguf, ...noNetwork]),
      'no-restricted-globals': ['error', ...noNetworkGlobals],
    },
  },
  { files: edges, rules: restrictImports([...noNativeCode, noGguf, ...noNetwork]) },
  { files: runtime, rules: restrictImports([noEditor, noGguf, ...noNetwork]) },
  { files: [ggufHeader], rules: restrictImports([noEditor, ...noNativeCode, ...noNetwork]) },
  { files: http, rules: restrictImports([noEditor, ...noNativeCode, noGguf]) },
  { files: ['src/host/notice.vscode.ts'], rules: { 'no-restricted-syntax': ['error', ...noPrivateKeyword] } },
  { files: ['src/engine/graphs/onnx.ts'], rules: { '@typescript-eslint/no-restricted-imports': 'off' } },
  ...Object.entries(floors).map(([folder, below]) => ({
    files: [`src/${folder}/**/*.ts`],
    rules: keepApart(
      `src/${folder}`,
      [`src/!(${[folder, ...below].join('|')})/**`, 'src/*.ts'],
      `Imports go down: see \`floors\` in eslint.config.mjs for what ${folder}/ may use.`,
    ),
  })),
  ...features.map((feature) => ({
    files: [`src/features/${feature}/**/*.ts`],
    rules: keepApart(
      `src/features/${feature}`,
      [`src/features/!(${feature})/**`, `src/!(${['features', ...floors.features].join('|')})/**`, 'src/*.ts'],
      'Features never import each other; what two of them need goes down to a lower floor.',
    ),
  })),
  {
    // A page runs in a browser: of the host it knows what both say to each other, and what needs no Node.
    files: ['webview/**/*.ts'],
    rules: {
      ...restrictImports([noEditor, ...noNativeCode, noGguf, noToolkit]),
      ...keepApart('webview', ['src'], 'A page shares messages with its host, and what needs no Node.', [
        './common/errorMessage.ts',
        './common/translate.ts',
        './ipc/pages/protocol.ts',
        './ipc/pages/report.ts',
        './attention',
        ...features.map((feature) => `./features/${feature}/messages.ts`),
      ]),
      'no-restricted-properties': [
        'error',
        ...['innerHTML', 'outerHTML', 'insertAdjacentHTML'].map((property) => ({
          property,
          message: 'Text is drawn as text: see webview/shared/dom.ts.',
        })),
      ],
    },
  },
  {
    // It plays the host's part, with recorded answers.
    files: ['webview/*/recorded.ts'],
    rules: {
      'no-console': 'off',
      ...keepApart('webview', ['src'], 'A recording is answered by what the host itself uses, without Node.', [
        './common',
        './ipc/pages',
        './attention',
        './features/inspector/messages.ts',
        './features/inspector/shownSimilarity.ts',
      ]),
    },
  },
  { files: ['webview/shared/toolkit.ts'], rules: restrictImports([noEditor, ...noNativeCode, noGguf]) },
  { files: ['src/cli/**/*.ts'], rules: { 'no-console': 'off' } },
  {
    files: ['test/**/*.ts'],
    rules: {
      // A test that touches what is missing fails, as it should.
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-empty-function': 'off',
      'no-console': 'off',
    },
  },
);
