/**
 * How everything is built, as functions; `npm run build` calls them.
 *
 * Host, its thread for the next edit, engine process, index process, their watchdog and command line are bundled to dist/, what the host loads late to
 * dist/chunks/, the pages of webview/ to dist/webview/. The native parts of one platform and the grammars are staged beside them
 * in dist/node_modules/, where the bundles' own `require('onnxruntime-node')`, `require('koffi')`, `require('re2js')` and
 * `require('@vscode/tree-sitter-wasm')` find them, in the source tree as in the installed extension.
 */
import { build, context, transform } from 'esbuild';
import { globSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { hostTarget, stageNativeParts } from './scripts/lib/native-parts.mjs';

const root = import.meta.dirname;

/** The grammars' runtime is as large as the host and loaded by what needs it only. */
const grammars = '@vscode/tree-sitter-wasm';

/** Searches in linear time, which a few models' tokenizers need: loaded with such a model only. */
const linear = 're2js';

/** Entry point and modules left outside of each bundle. The host has no way to load native code. */
const products = {
  extension: { entry: 'src/extension.ts', external: ['vscode', grammars] },
  engine: { entry: 'src/engine/main.ts', external: ['koffi', 'onnxruntime-node', linear] },
  indexer: { entry: 'src/indexer/main.ts', external: [grammars, linear] },
  nextEdit: { entry: 'src/features/nextEdit/thread.ts', external: [] },
  watchdog: { entry: 'src/ipc/process/watchdog.ts', external: [] },
  cli: { entry: 'src/cli/main.ts', external: ['koffi', 'onnxruntime-node', grammars, linear] },
  // A program of the build, which is not shipped.
  assemble: { entry: 'src/engine/assemble/main.ts', external: [linear] },
};

/** Written last: as old as the newest complete build. */
export const buildStamp = 'dist/meta.json';

/** The oldest Node that runs a bundle: the one inside the oldest VS Code of engines.vscode. */
const oldestNode = 'node22';

/** @param {boolean} production */
const common = (production) =>
  /** @type {const} */ ({
    absWorkingDir: root,
    bundle: true,
    platform: 'node',
    target: oldestNode,
    format: 'cjs',
    minify: production,
    // Names of errors reach the log.
    keepNames: production,
    sourcemap: production ? false : 'linked',
    legalComments: 'none',
    logLevel: 'warning',
    metafile: true,
    // The reader of GGUF files takes two lists of names from a package of descriptions, 250 KB of them.
    alias: { '@huggingface/tasks': './node_modules/@huggingface/tasks/dist/esm/gguf.js' },
  });

/** Where the parts of the host lie that are loaded late, and what they share with each other and with its beginning. */
const chunks = 'dist/chunks';

/**
 * esbuild splits ES modules only, and the host is CommonJS: each file that came of splitting is translated by itself.
 *
 * @type {import('esbuild').Plugin}
 */
const toCommonJs = {
  name: 'to-common-js',
  setup({ initialOptions: { minify = false }, onEnd }) {
    onEnd(async ({ outputFiles = [] }) => {
      if (outputFiles.length === 0) return;
      await rm(join(root, chunks), { recursive: true, force: true });
      await mkdir(join(root, chunks), { recursive: true });
      const text = new Map(outputFiles.map((file) => [file.path, file.text]));
      for (const [path, code] of text) {
        if (!path.endsWith('.js')) continue;
        const map = text.get(`${path}.map`);
        const inline =
          map && `\n//# sourceMappingURL=data:application/json;base64,${Buffer.from(map).toString('base64')}`;
        const made = await transform(inline ? code.replace(/\n\/\/# sourceMappingURL=.*\s*$/, inline) : code, {
          format: 'cjs',
          platform: 'node',
          target: oldestNode,
          // VS Code hands out its API to `require` only.
          supported: { 'dynamic-import': false },
          minify,
          sourcefile: path,
          sourcemap: map ? 'external' : false,
          legalComments: 'none',
        });
        await writeFile(path, map ? `${made.code}//# sourceMappingURL=${basename(path)}.map\n` : made.code);
        if (map) await writeFile(`${path}.map`, made.map);
      }
    });
  },
};

/** What the host imports by `import()` is a file of its own, loaded then: see docs/how-to-add.md. */
const split = {
  format: /** @type {const} */ ('esm'),
  splitting: true,
  outdir: 'dist',
  chunkNames: `${basename(chunks)}/[name]-[hash]`,
  write: false,
  plugins: [toCommonJs],
};

/** @param {keyof typeof products} name @param {boolean} production */
const productOptions = (name, production) => ({
  ...common(production),
  entryPoints: [products[name].entry],
  external: products[name].external,
  ...(name === 'extension' ? split : { outfile: `dist/${name}.js` }),
});

/**
 * Every folder of webview/ with a main.ts is a page: one script and one style sheet, to run in a browser. Beside it may
 * lie recorded.ts, a script that plays the host's part outside of VS Code.
 */
const pageEntries = () =>
  globSync(['webview/*/main.ts', 'webview/*/recorded.ts'], { cwd: root })
    .sort()
    .map((path) => [basename(dirname(path)) + (path.endsWith('recorded.ts') ? '.recorded' : ''), path]);

/** @param {boolean} production */
const pageOptions = (production) =>
  /** @type {const} */ ({
    ...common(production),
    platform: 'browser',
    // What the oldest VS Code of engines.vscode and today's browsers understand.
    target: 'es2022',
    format: 'iife',
    entryPoints: Object.fromEntries(pageEntries()),
    outdir: 'dist/webview',
  });

/**
 * Builds dist/webview/.
 *
 * @param {{ production?: boolean }} [options]
 */
export const buildPages = ({ production = false } = {}) => build(pageOptions(production));

/** Builds dist/assemble.js, which makes model folders. */
export const buildAssembler = () => build(productOptions('assemble', false));

/**
 * Builds dist/.
 *
 * @param {{ production?: boolean, target?: string }} [options] target: `<os>-<arch>` as Node names them
 * @returns {Promise<{ inputs: string[] }[]>} of host, engine process, index process, watchdog, pages, command line and
 *   the thread of the next edit, in this order, the files that went into the bundle, relative to the repository
 */
export async function buildProducts({ production = false, target = hostTarget() } = {}) {
  const results = await Promise.all([
    build(productOptions('extension', production)),
    build(productOptions('engine', production)),
    build(productOptions('indexer', production)),
    build(productOptions('watchdog', production)),
    buildPages({ production }),
    build(productOptions('cli', production)),
    build(productOptions('nextEdit', production)),
    buildAssembler(),
    stageNativeParts(root, target),
  ]);
  const bundles = results
    .slice(0, 7)
    .flatMap((result) => (result ? [{ inputs: Object.keys(result.metafile.inputs) }] : []));
  await writeFile(join(root, buildStamp), JSON.stringify(bundles));
  return bundles;
}

/** Builds the products again whenever a source changes, until the process is ended. */
export async function watchProducts() {
  await stageNativeParts(root, hostTarget());
  for (const name of /** @type {const} */ (['extension', 'engine', 'indexer', 'watchdog', 'nextEdit', 'cli'])) {
    const watched = await context({ ...productOptions(name, false), logLevel: 'info' });
    await watched.watch();
  }
  const watchedPages = await context({ ...pageOptions(false), logLevel: 'info' });
  await watchedPages.watch();
}

/**
 * Bundles tests one by one to dist/test/<kind>/, with test/<kind>/index.ts where there is one.
 *
 * @param {string} kind
 * @param {string} [filter] part of the paths of the only tests wanted; all of the kind when it matches none
 * @returns {Promise<{ files: string[], matched: boolean }>} absolute paths of the bundled test files
 */
export async function buildTests(kind, filter = '') {
  const all = globSync(`test/${kind}/**/*.test.ts`, { cwd: root }).sort();
  const matching = all.filter((path) => path.includes(filter));
  const tests = matching.length > 0 ? matching : all;
  await build({
    ...common(false),
    entryPoints: [...tests, ...globSync(`test/${kind}/index.ts`, { cwd: root })],
    // Packages stay where they are: some find their own files by path, and bundling them all takes longer than the tests.
    packages: 'external',
    plugins: [scriptsStayModules],
    outdir: `dist/test/${kind}`,
    outbase: `test/${kind}`,
  });
  return {
    files: tests.map((path) => join(root, 'dist', path.replace(/\.ts$/, '.js'))),
    matched: matching.length > 0,
  };
}

/**
 * What tests and benchmarks use of scripts/, and of the rules of lint, is loaded from there: those files find the
 * repository by their own place.
 */
const scriptsStayModules = {
  name: 'scripts-stay-modules',
  /** @param {import('esbuild').PluginBuild} plugin */
  setup(plugin) {
    plugin.onResolve({ filter: /\/(?:scripts\/lib\/.*|eslint\.config)\.mjs$/ }, ({ path, resolveDir }) => ({
      path: join(resolveDir, path),
      external: true,
    }));
  },
};

/** @param {string} name of a folder in test/bench @returns {Promise<string>} the bundle's path from the repository */
export async function buildBenchmark(name) {
  const outfile = `dist/bench/${name}.js`;
  await build({
    ...common(false),
    entryPoints: [`test/bench/${name}/main.ts`],
    packages: 'external',
    plugins: [scriptsStayModules],
    outfile,
  });
  return outfile;
}
