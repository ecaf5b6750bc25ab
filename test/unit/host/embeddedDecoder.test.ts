import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { embeddedDecoder } from '../../../src/host/embeddedDecoder';
import { decoderFolder } from '../../../src/host/modelPaths';

describe('the decoder that comes with the extension', () => {
  const roots: string[] = [];
  after(() => {
    for (const root of roots) rmSync(root, { recursive: true });
  });

  /** An extension's folder with these files below dist/models/. */
  function rootWith(files: Record<string, string>): string {
    const root = mkdtempSync(join(tmpdir(), 'glassbox-root-'));
    roots.push(root);
    mkdirSync(join(root, 'dist/models/decoder'), { recursive: true });
    for (const [path, content] of Object.entries(files)) writeFileSync(join(root, 'dist/models', path), content);
    return root;
  }
  const manifest = JSON.stringify({ files: [{ path: 'model.onnx', bytes: 3 }] });

  it('is the one that the build assembled, where it is whole', () => {
    const root = rootWith({ 'decoder/glassbox.json': manifest, 'decoder/model.onnx': 'abc' });
    assert.deepEqual(embeddedDecoder(root), { folder: join(root, 'dist/models/decoder'), small: false });
    assert.equal(decoderFolder('', root), join(root, 'dist/models/decoder'));
  });

  const parts: Record<string, Record<string, string>> = {
    'nothing was assembled': {},
    'a file is missing': { 'decoder/glassbox.json': manifest },
    'a file is cut off': { 'decoder/glassbox.json': manifest, 'decoder/model.onnx': 'a' },
    'the manifest is missing': { 'decoder/model.onnx': 'abc' },
    'the manifest is damaged': { 'decoder/glassbox.json': manifest.slice(1), 'decoder/model.onnx': 'abc' },
  };
  for (const [name, files] of Object.entries(parts)) {
    it(`is the small one where ${name}`, () => {
      const root = rootWith(files);
      const small = { folder: join(root, 'models/decoder'), small: true, reason: undefined };
      assert.deepEqual(embeddedDecoder(root), small);
    });
  }

  it('has the reason that the build gave for it', () => {
    const root = rootWith({ 'missing.json': JSON.stringify({ decoder: 'No network.', encoder: 'No disk.' }) });
    assert.equal(embeddedDecoder(root).reason, 'No network.');
    const damaged = rootWith({ 'missing.json': '[' });
    assert.deepEqual([embeddedDecoder(damaged).small, embeddedDecoder(damaged).reason], [true, undefined]);
  });

  it('gives way to the one that the user names', () => {
    assert.equal(decoderFolder('/models/own', rootWith({})), '/models/own');
    assert.equal(decoderFolder('~/own', rootWith({})), join(homedir(), 'own'));
  });
});
