/** npm run build -- [--production] [--watch] [--target <os>-<arch>] */
import { parseArgs } from 'node:util';
import { buildProducts, watchProducts } from '../esbuild.mjs';
import { hostTarget } from './lib/native-parts.mjs';

const { values } = parseArgs({
  options: {
    production: { type: 'boolean', default: false },
    watch: { type: 'boolean', default: false },
    target: { type: 'string', default: hostTarget() },
  },
});
await (values.watch ? watchProducts() : buildProducts(values));
