import { runTool } from './lib/tool.mjs';

process.exit(runTool('esbuild.mjs', process.argv.slice(2)));
