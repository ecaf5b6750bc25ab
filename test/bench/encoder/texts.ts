import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { chunkFile } from '../../../src/indexer/chunks/chunker';
import { readContent } from '../../../src/indexer/chunks/content';
import { describeChunks } from '../../../src/indexer/indexing/describe';
import { Grammars } from '../../../src/syntax/grammars';
import { root } from '../../support/paths';
import { createRandom } from '../../support/random';

/** Chunks of code as search embeds them, but for white space around them, which not everybody leaves out; those of a file stand one behind the other, each text once. The same ones every time. */
export async function readChunks(wanted: number): Promise<string[]> {
  const grammars = new Grammars(join(root, 'node_modules/@vscode/tree-sitter-wasm/wasm'));
  const folder = join(root, 'node_modules');
  const names = (await readdir(folder, { recursive: true }))
    .filter((name) => /(?<!\.min)\.(?:[cm]?js|ts|md)$/.test(name))
    .sort();
  const random = createRandom(9);
  const texts = new Set<string>();
  while (texts.size < wanted) {
    const name = names[Math.floor(random() * names.length)] ?? '';
    const content = readContent(await readFile(join(folder, name)));
    if ('skipped' in content) continue;
    for (const { embedded } of describeChunks(content.text, name, await chunkFile(content.text, name, grammars)).chunks)
      texts.add(embedded.trim());
  }
  return [...texts].slice(0, wanted);
}
