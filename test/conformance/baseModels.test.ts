import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bases } from '../../scripts/lib/bases.mjs';
import { assembleModels } from '../../scripts/lib/models.mjs';
import { sharedCache } from '../../scripts/lib/paths.mjs';
import { requireBaseModel } from '../support/baseModels';

interface Manifest {
  readonly files: readonly { readonly path: string; readonly bytes: number; readonly sha256: string }[];
}

const manifestOf = (folder: string): Manifest =>
  JSON.parse(readFileSync(join(folder, 'glassbox.json'), 'utf8')) as Manifest;

describe('models assembled from bases', () => {
  const roles = ['decoder', 'encoder'] as const;
  const folders = new Map<string, string>();

  before(function () {
    for (const role of roles) folders.set(role, requireBaseModel(this, role));
  });

  it('have the same bytes when they are assembled again', async () => {
    const home = mkdtempSync(join(tmpdir(), 'glassbox-again-'));
    try {
      const cache = join(home, 'cache');
      mkdirSync(cache);
      symlinkSync(join(sharedCache(), 'bases'), join(cache, 'bases'), 'junction');
      assert.deepEqual(await assembleModels({ folder: join(home, 'models'), cache }), {});
      for (const role of roles)
        assert.deepEqual(manifestOf(join(home, 'models', role)), manifestOf(folders.get(role)!), role);
    } finally {
      rmSync(home, { recursive: true });
    }
  });

  for (const role of roles) {
    it(`have the bytes that models/bases.json records: ${role}`, () => {
      const { files } = manifestOf(folders.get(role)!);
      const made = Object.fromEntries(files.map(({ path, sha256 }) => [path, sha256]));
      // A change of the assembler, or of what it is given, that is meant goes into models/bases.json as it is printed here.
      assert.deepEqual(made, bases[role].assembled);
    });
  }
});
