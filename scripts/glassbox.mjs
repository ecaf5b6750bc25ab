/** The command line: builds it when a source is newer, then hands over. Standard output is the command line's alone. */
import { globSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { spawn } from 'node:child_process';
import { buildProducts } from '../esbuild.mjs';
import { root } from './lib/paths.mjs';

const modified = (path) => statSync(join(root, path), { throwIfNoEntry: false })?.mtimeMs ?? 0;
const sources = [...globSync('src/**/*.ts', { cwd: root }), 'esbuild.mjs', 'package-lock.json'];
if (sources.some((path) => modified(path) > modified('dist/meta.json'))) await buildProducts();

const child = spawn(process.execPath, [join(root, 'dist/cli.js'), ...process.argv.slice(2)], { stdio: 'inherit' });
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
child.on('exit', (code) => process.exit(code ?? 1));
