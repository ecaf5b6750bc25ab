import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

// Node 18 has no import.meta.dirname, and this file is loaded before Node 24 is there.
export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** What is fetched or built once and kept between runs: Node 24, the VS Code server. Safe to delete. */
export const cache = resolve(process.env.GLASSBOX_CACHE ?? join(root, '.cache'));

/**
 * What is fetched or made once for all working copies: base models and what is assembled from them. Safe to delete.
 *
 * @returns {string} `GLASSBOX_CACHE`, or `glassbox` in the folder that the system has for caches
 */
export function sharedCache() {
  const { GLASSBOX_CACHE: own, XDG_CACHE_HOME: xdg, LOCALAPPDATA: local } = process.env;
  if (own) return resolve(own);
  if (xdg) return join(xdg, 'glassbox');
  if (process.platform === 'win32') return join(local ?? join(homedir(), 'AppData', 'Local'), 'glassbox');
  return join(homedir(), process.platform === 'darwin' ? 'Library/Caches' : '.cache', 'glassbox');
}
