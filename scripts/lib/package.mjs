import { createVSIX } from '@vscode/vsce';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildProducts } from '../../esbuild.mjs';
import { assembledBases, prepareModels } from './models.mjs';
import { thirdPartyNotices } from './notices.mjs';
import { root } from './paths.mjs';

/** @param {string} target `<os>-<arch>` */
export const vsixPath = (target) => join(root, `dist/glassbox-${target}.vsix`);

/**
 * Builds for shipping and makes the VSIX of one platform.
 *
 * @param {string} target `<os>-<arch>`
 */
export async function packageExtension(target) {
  await prepareModels();
  const [extension, engine, indexer, watchdog, pages] = await buildProducts({ production: true, target });
  const shipped = [extension, engine, indexer, watchdog, pages].flatMap((bundle) => bundle?.inputs ?? []);
  writeFileSync(join(root, 'ThirdPartyNotices.txt'), thirdPartyNotices(root, shipped, assembledBases()));
  await createVSIX({
    cwd: root,
    target,
    packagePath: vsixPath(target),
    dependencies: false,
    allowMissingRepository: true,
    rewriteRelativeLinks: false,
  });
}
