import { runTool } from './lib/tool.mjs';

process.exit(runTool('node_modules/eslint/bin/eslint.js', ['.', '--max-warnings=0', ...process.argv.slice(2)]));
