/** The command line: builds it when a source is newer, then hands over. Standard output is the command line's alone. */
import { globSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { buildProducts, buildStamp } from '../esbuild.mjs';
import { handOver } from './lib/hand-over.mjs';
import { root } from './lib/paths.mjs';

/** @param {string} path */
const modified = (path) => statSync(join(root, path), { throwIfNoEntry: false })?.mtimeMs ?? 0;

const sources = [
  ...globSync(['src/**/*.ts', 'webview/**/*.{ts,css}'], { cwd: root }),
  'esbuild.mjs',
  'package-lock.json',
];
if (sources.some((path) => modified(path) > modified(buildStamp))) await buildProducts();
process.exit(await handOver(process.execPath, [join(root, 'dist/cli.js'), ...process.argv.slice(2)]));
