import { runTool } from './lib/tool.mjs';

process.exit(runTool('node_modules/typescript/bin/tsc', ['--project', '.', ...process.argv.slice(2)]));
