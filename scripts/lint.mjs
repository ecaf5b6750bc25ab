/** Rules of the code, then its format; `--fix` writes both anew. */
import { runTool } from './lib/tool.mjs';

const args = process.argv.slice(2);
const format = args.includes('--fix') ? '--write' : '--check';
const codes = [
  runTool('node_modules/eslint/bin/eslint.js', [
    '.',
    '--max-warnings=0',
    '--cache',
    '--cache-location=.cache/eslint/',
    ...args,
  ]),
  runTool('node_modules/prettier/bin/prettier.cjs', [
    format,
    '--log-level=warn',
    'src',
    'webview',
    'test',
    'scripts',
    '*.mjs',
  ]),
];
process.exit(Math.max(...codes));
