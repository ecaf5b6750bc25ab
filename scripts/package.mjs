/** npm run package -- [--target <os>-<arch>] */
import { statSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { hostTarget } from './lib/native-parts.mjs';
import { packageExtension, vsixPath } from './lib/package.mjs';

const { values } = parseArgs({ options: { target: { type: 'string', default: hostTarget() } } });
await packageExtension(values.target);
console.log(`${vsixPath(values.target)}: ${(statSync(vsixPath(values.target)).size / 2 ** 20).toFixed(1)} MiB`);
