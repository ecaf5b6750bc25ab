import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Catalogue, isDamage } from '../indexer/catalogue';
import { Grammars } from '../syntax/grammars';
import { indexFolder, type IndexingReport } from '../indexer/indexing';
import { verify } from '../indexer/verification';
import type { Command } from './arguments';
import { CommandError } from './failure';
import { placeIndex, type IndexPlace } from './indexStore';
import type { WriteLine } from './output';

/** SQLite's error code for a full disk. */
const full = 13;

/**
 * Makes the index of a folder, or brings it up to date.
 *
 * @param grammars absolute path of the folder that holds the grammars
 */
export async function index(command: Extract<Command, { kind: 'index' }>, grammars: string, write: WriteLine): Promise<void> {
  const place = await placeIndex(command.folder);
  const start = performance.now();
  const report = await update(place, new Grammars(grammars));
  const seconds = (performance.now() - start) / 1000;
  if (command.json) {
    await write(JSON.stringify({ ...report, seconds, store: place.store, bytes: sizeOf(place.store) }, undefined, 2));
  } else {
    await write(inWords(report, seconds, sizeOf(place.store)));
  }
  if (command.verify) verifyPlace(place);
}

async function update(place: IndexPlace, grammars: Grammars): Promise<IndexingReport> {
  try {
    return await updateOnce(place, grammars);
  } catch (error) {
    if (isDamage(error)) {
      process.stderr.write(`The index in ${place.store} is damaged; it is made again.\n`);
      Catalogue.remove(place.store);
      return await updateOnce(place, grammars);
    }
    if (error instanceof Error && 'errcode' in error && error.errcode === full) {
      throw new CommandError(`There is no room left for the index in ${place.store}; what was indexed before is kept.`);
    }
    throw error;
  }
}

async function updateOnce({ root, store }: IndexPlace, grammars: Grammars): Promise<IndexingReport> {
  const { catalogue, remade } = Catalogue.openForWriting(store);
  if (remade) process.stderr.write(`The old index in ${store} could not be kept; a new one is made.\n`);
  try {
    return await indexFolder(root, catalogue, grammars, {
      onCommit: ({ files, chunks }) => {
        if (process.stderr.isTTY) process.stderr.write(`\r${files} files, ${chunks} new chunks `);
      },
    });
  } finally {
    if (process.stderr.isTTY) process.stderr.write('\r\u001b[K');
    catalogue.close();
  }
}

function verifyPlace({ store }: IndexPlace): void {
  const catalogue = Catalogue.openForReading(store);
  try {
    const problems = verify(catalogue);
    if (problems.length > 0) throw new CommandError(problems.join('\n'));
  } finally {
    catalogue.close();
  }
}

function inWords({ files, indexed, chunks, removed, skipped, unreadable }: IndexingReport, seconds: number, bytes: number): string {
  const reasons = Object.entries(skipped).map(([reason, count]) => `${count} ${reason}`);
  return [
    `${files} files: ${indexed} read (${chunks} chunks), ${removed} gone, ${seconds.toFixed(1)} s, index ${(bytes / 1e6).toFixed(1)} MB`,
    ...(reasons.length > 0 ? [`not searched: ${reasons.join(', ')}`] : []),
    ...unreadable.map((path) => `cannot be read: ${path}`),
  ].join('\n');
}

function sizeOf(folder: string): number {
  return readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
}
