/**
 * Reads the built files of the inspector page and makes the standalone HTML session from them. Used by the exports and
 * the command line.
 */
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sessionHtml } from './sessionPage';
import type { SessionPage } from './sessionPage';

/** The document of {@link sessionHtml}. @param root the folder that dist/ is in */
export async function sessionFile(page: Omit<SessionPage, 'files' | 'nonce'>, root: string): Promise<Uint8Array> {
  const file = (name: string): Promise<string> => readFile(join(root, 'dist', 'webview', name), 'utf8');
  const [script, standIn, style] = await Promise.all([
    file('inspector.js'),
    file('inspector.recorded.js'),
    file('inspector.css'),
  ]);
  return new TextEncoder().encode(
    sessionHtml({ ...page, files: { script, standIn, style }, nonce: randomBytes(16).toString('base64url') }),
  );
}
