/**
 * How everything is built, as functions; `npm run build` calls them.
 *
 * Host, engine process and command line are bundled to dist/, and the native parts of one platform are staged beside
 * them in dist/node_modules/, where the bundles' own `require('onnxruntime-node')` finds them, in the source tree as
 * in the installed extension.
 */
import { build, context } from 'esbuild';
import { existsSync, globSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hostTarget, stageNativeParts } from './scripts/lib/native-parts.mjs';

const root = import.meta.dirname;

/** Entry point and modules left outside of each bundle. The host has no way to load native code. */
const products = {
  extension: { entry: 'src/extension.ts', external: ['vscode'] },
  engine: { entry: 'src/engine/main.ts', external: ['onnxruntime-node'] },
  cli: { entry: 'src/cli.ts', external: ['onnxruntime-node'] },
};

/** @returns {import('esbuild').BuildOptions} */
const common = (production) => ({
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  // The oldest Node that runs a bundle: the one inside the oldest VS Code of engines.vscode.
  target: 'node22',
  format: 'cjs',
  minify: production,
  // Classes keep their names: error names reach the log.
  keepNames: production,
  sourcemap: production ? false : 'linked',
  legalComments: 'none',
  logLevel: 'warning',
  metafile: true,
});

const productOptions = (production) =>
  Object.entries(products)
    .filter(([, { entry }]) => existsSync(join(root, entry)))
    .map(([name, { entry, external }]) => ({
      ...common(production),
      entryPoints: [entry],
      external,
      outfile: `dist/${name}.js`,
    }));

/**
 * Builds dist/ and writes what went into each bundle to dist/meta.json.
 *
 * @param {{ production?: boolean, target?: string }} [options] target: `<os>-<arch>` as Node names them
 */
export async function buildProducts({ production = false, target = hostTarget() } = {}) {
  const [, ...results] = await Promise.all([
    stageNativeParts(root, target),
    ...productOptions(production).map((options) => build(options)),
  ]);
  const inputs = Object.assign({}, ...results.map(({ metafile }) => metafile.inputs));
  const outputs = Object.assign({}, ...results.map(({ metafile }) => metafile.outputs));
  await writeFile(join(root, 'dist/meta.json'), JSON.stringify({ inputs, outputs }));
}

/**
 * Bundles tests one by one, with test/<kind>/index.ts where there is one.
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
    outdir: `dist/test/${kind}`,
    outbase: `test/${kind}`,
  });
  return {
    files: tests.map((path) => join(root, 'dist', path.replace(/\.ts$/, '.js'))),
    matched: matching.length > 0,
  };
}

/** @param {string} name of a folder in test/bench @returns {Promise<string>} the bundle's path from the repository's root */
export async function buildBenchmark(name) {
  const outfile = `dist/bench/${name}.js`;
  await build({ ...common(false), entryPoints: [`test/bench/${name}/main.ts`], packages: 'external', outfile });
  return outfile;
}

/** Builds the products again whenever a source changes, until the process is ended. */
export async function watchProducts() {
  await stageNativeParts(root, hostTarget());
  for (const options of productOptions(false)) {
    const watched = await context({ ...options, logLevel: 'info' });
    await watched.watch();
  }
}
