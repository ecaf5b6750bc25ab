import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { completeParams } from '../../../../src/features/completion/request';
import { indexFolder } from '../../../../src/indexer/indexing/indexing';
import { Catalogue } from '../../../../src/indexer/store/catalogue';
import { Neighbours } from '../../../../src/nearby/fileTexts';
import { makeFolder } from '../../../support/folder';
import { grammars } from '../../../support/grammars';
import { root } from '../../../support/paths';
import { plantedSecrets } from '../../../support/plantedSecrets';

/** Planted in files whose own names say nothing: those are never opened. */
const planted = plantedSecrets(root, 'known', 7).filter(({ path }) => /\.(?:ts|py|ya?ml|sh|properties)$/.test(path));

describe('planted secrets', () => {
  it('are in no text that the index embeds', async () => {
    const folder = makeFolder({});
    for (const [number, { path, line }] of planted.entries())
      writeFileSync(join(folder, `f${number}-${path.replaceAll('/', '-')}`), `first line\n${line}\nlast line\n`);
    const embedded: string[] = [];
    await indexFolder(folder, Catalogue.inMemory(), grammars, {
      vectorsFor: (texts) => {
        embedded.push(...texts.map(({ text }) => text));
        return Promise.resolve([]);
      },
    });
    assert.ok(embedded.length > 0);
    for (const { line, secrets } of planted)
      for (const secret of secrets) assert.ok(!embedded.some((text) => text.includes(secret)), line);
  });

  it('are in no prompt of a completion, above, on or below the line of the cursor', () => {
    for (const { path, line, secrets } of planted) {
      const half = Math.floor(line.length / 2);
      const places = [
        { prefix: `a\n${line}\nb`, suffix: '\nc' },
        { prefix: 'a\n', suffix: `b\n${line}\nc` },
        { prefix: `a\n${line.slice(0, half)}`, suffix: `${line.slice(half)}\nc` },
      ];
      for (const place of places) {
        const params = completeParams({ document: 'd', ...place }, { model: 'm', path, mode: 'line' });
        assert.equal(params.prefix.length, place.prefix.length);
        assert.equal(params.suffix.length, place.suffix.length);
        for (const secret of secrets) assert.ok(!(params.prefix + params.suffix).includes(secret), line);
      }
    }
  });

  it('are in no file near by that is copied from or learned from', async () => {
    const folder = makeFolder({});
    const paths = planted.map(({ path, line }, number) => {
      const file = join(folder, `n${number}-${path.replaceAll('/', '-')}`);
      writeFileSync(file, `first\n${line}\nlast\n`);
      return file;
    });
    const sources = await new Neighbours().read(paths);
    assert.equal(sources.length, paths.length);
    for (const { line, secrets } of planted)
      for (const secret of secrets) assert.ok(!sources.some(({ text }) => text.includes(secret)), line);
  });
});
