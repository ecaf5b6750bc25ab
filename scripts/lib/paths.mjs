import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

// Node 18 has no import.meta.dirname, and this file is loaded before Node 24 is there.
export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** What is fetched or built once and kept between runs: Node 24, the VS Code server. Safe to delete. */
export const cache = resolve(process.env.GLASSBOX_CACHE ?? join(root, '.cache'));
