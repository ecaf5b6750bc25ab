/** npm run package -- [--target <os>-<arch>] */
import { statSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { hostTarget } from './lib/native-parts.mjs';
import { packageExtension, vsixPath } from './lib/package.mjs';
import { partsOf } from './lib/vsix-parts.mjs';

const { values } = parseArgs({ options: { target: { type: 'string', default: hostTarget() } } });
await packageExtension(values.target);
const path = vsixPath(values.target);
const megabytes = (/** @type {number} */ bytes) => `${(bytes / 1e6).toFixed(1)} MB`;
for (const { part, packed, unpacked } of partsOf(path))
  console.log(`${part.padEnd(30)}${megabytes(packed).padStart(10)}, unpacked ${megabytes(unpacked)}`);
console.log(`${path}: ${megabytes(statSync(path).size)}`);
