/**
 * Runs one benchmark on what is built for shipping: `npm run bench -- NAME [--quick] [--json FILE]`, where NAME is a
 * folder of test/bench with a main.ts.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { buildBenchmark, buildProducts } from '../esbuild.mjs';
import { prepareModels } from './lib/models.mjs';
import { root } from './lib/paths.mjs';
import { runTool } from './lib/tool.mjs';

const [name = '', ...args] = process.argv.slice(2);
if (!/^[a-z]+(?:-[a-z]+)*$/.test(name) || !existsSync(join(root, 'test/bench', name, 'main.ts'))) {
  throw new Error(
    `There is no benchmark ${JSON.stringify(name)}: usage is npm run bench -- NAME [--quick] [--json FILE]`,
  );
}
await prepareModels();
await buildProducts({ production: true });
process.exit(runTool(await buildBenchmark(name), args));
