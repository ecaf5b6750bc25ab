import { existsSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { requireFromSystem, which } from './system.mjs';

/**
 * The Vulkan that every Chromium brings: its loader, and a driver that calculates on the processor. Slow, and right
 * in what is tested with it.
 *
 * @returns {{ library: string, driver: string }} absolute paths of the loader and of the driver's description
 * @throws {Error} where it is missing and cannot be installed
 */
export const requireSoftwareVulkan = () =>
  requireFromSystem({
    find: findSoftwareVulkan,
    what: 'Software Vulkan, which comes with Chromium,',
    packages: ['chromium'],
  });

function findSoftwareVulkan() {
  const programs = ['chromium', 'chromium-browser', 'google-chrome'].flatMap((name) => which(name) ?? []);
  const folders = [
    '/usr/lib/chromium',
    '/usr/lib/chromium-browser',
    '/opt/google/chrome',
    ...programs.map((path) => dirname(realpathSync(path))),
  ];
  return folders
    .map((folder) => ({ library: join(folder, 'libvulkan.so.1'), driver: join(folder, 'vk_swiftshader_icd.json') }))
    .find((found) => Object.values(found).every((path) => existsSync(path)));
}
