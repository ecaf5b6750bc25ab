/** npm run package -- [--target <os>-<arch>]: makes the VSIX of one platform. */
import { createVSIX } from '@vscode/vsce';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { buildProducts } from '../esbuild.mjs';
import { hostTarget } from './lib/native-parts.mjs';
import { thirdPartyNotices } from './lib/notices.mjs';
import { root } from './lib/paths.mjs';

const { values } = parseArgs({ options: { target: { type: 'string', default: hostTarget() } } });
const { target } = values;

await buildProducts({ production: true, target });
const { outputs } = JSON.parse(readFileSync(join(root, 'dist/meta.json'), 'utf8'));
const shipped = ['dist/extension.js', 'dist/engine.js'].flatMap((bundle) => Object.keys(outputs[bundle].inputs));
writeFileSync(join(root, 'ThirdPartyNotices.txt'), thirdPartyNotices(root, shipped));

const vsix = join(root, `dist/glassbox-${target}.vsix`);
await createVSIX({
  cwd: root,
  target,
  packagePath: vsix,
  dependencies: false,
  allowMissingRepository: true,
  rewriteRelativeLinks: false,
});
console.log(`${vsix}: ${(statSync(vsix).size / 2 ** 20).toFixed(1)} MiB`);
