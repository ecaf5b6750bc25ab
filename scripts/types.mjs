/** Two projects: what runs in Node, and what runs in a page, where the globals are others. */
import { runTool } from './lib/tool.mjs';

const codes = ['.', 'webview'].map((project) =>
  runTool('node_modules/typescript/bin/tsc', ['--project', project, ...process.argv.slice(2)]),
);
process.exit(Math.max(...codes));
