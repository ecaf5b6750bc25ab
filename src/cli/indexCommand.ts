/**
 * The `index` command: creates or updates the index of a folder, optionally verifies it, and prints a report; called
 * by `main.ts`. Needs the writer lock of the index.
 */
import type { SearchIndex } from '../indexer/searchIndex';
import type { IndexingReport } from '../indexer/indexing/indexing';
import type { Command } from './arguments';
import { CommandError } from './failure';
import { openIndex } from './indexStore';
import type { WriteLine } from './output';

/** SQLite's error code for a full disk. */
const full = 13;

/** Makes the index of a folder, or brings it up to date. */
export async function index(
  command: Extract<Command, { kind: 'index' }>,
  root: string,
  write: WriteLine,
): Promise<void> {
  const { index: opened, store, close } = await openIndex(command.folder, root);
  try {
    if (!opened.becomeWriter()) throw new CommandError(`Another process is writing the index of ${command.folder}.`);
    if (command.rebuild) opened.clear();
    const start = performance.now();
    const report = await update(opened, store);
    const seconds = (performance.now() - start) / 1000;
    const about = { ...opened.counts, coverage: opened.coverage(), seconds, store, bytes: opened.size() };
    if (command.json) await write(JSON.stringify({ ...report, ...about }, undefined, 2));
    else await write(inWords(report, about));
    const problems = command.verify ? opened.verify() : [];
    if (problems.length > 0) throw new CommandError(problems.join('\n'));
  } finally {
    close();
  }
}

async function update(opened: SearchIndex, store: string): Promise<IndexingReport> {
  try {
    return await opened.update({
      onCommit: ({ files, chunks }) => {
        if (process.stderr.isTTY) process.stderr.write(`\r${files} files, ${chunks} new chunks `);
      },
    });
  } catch (error) {
    if (error instanceof Error && 'errcode' in error && error.errcode === full) {
      throw new CommandError(`There is no room left for the index in ${store}; what was indexed before is kept.`);
    }
    throw error;
  } finally {
    if (process.stderr.isTTY) process.stderr.write('\r\u001b[K');
  }
}

interface About {
  readonly embedded: number;
  readonly cached: number;
  readonly seconds: number;
  readonly bytes: number;
}

function inWords(
  { files, indexed, chunks, removed, skipped, unreadable }: IndexingReport,
  { embedded, cached, seconds, bytes }: About,
): string {
  const reasons = Object.entries(skipped).map(([reason, count]) => `${count} ${reason}`);
  return [
    `${files} files: ${indexed} read (${chunks} chunks), ${removed} gone, ${seconds.toFixed(1)} s, index ${(bytes / 1e6).toFixed(1)} MB`,
    ...(embedded + cached > 0 ? [`vectors: ${embedded} embedded, ${cached} from the cache`] : []),
    ...(reasons.length > 0 ? [`not searched: ${reasons.join(', ')}`] : []),
    ...unreadable.map((path) => `cannot be read: ${path}`),
  ].join('\n');
}
