import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { encoderFolder } from '../../../src/host/modelPaths';

describe('encoderFolder', () => {
  let root: string;
  let assembled: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'model-paths-'));
    assembled = join(root, 'dist', 'models', 'encoder');
    mkdirSync(assembled, { recursive: true });
  });
  afterEach(() => rmSync(root, { recursive: true }));

  it('is the one that the build assembled, once it is complete', () => {
    assert.equal(encoderFolder('', root), undefined);
    writeFileSync(join(assembled, 'glassbox.json'), '{}');
    assert.equal(encoderFolder('', root), assembled);
  });

  it('is the one that the setting names, wherever the user’s home is', () => {
    writeFileSync(join(assembled, 'glassbox.json'), '{}');
    assert.equal(encoderFolder('/models/mine', root), '/models/mine');
    assert.equal(encoderFolder('~/mine', root), `${homedir()}/mine`);
  });

  it('is none where the setting says so', () => {
    writeFileSync(join(assembled, 'glassbox.json'), '{}');
    assert.equal(encoderFolder('none', root), undefined);
  });
});
