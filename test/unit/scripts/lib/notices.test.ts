import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bases } from '../../../../scripts/lib/bases.mjs';
import { thirdPartyNotices } from '../../../../scripts/lib/notices.mjs';
import { root } from '../../../support/paths';

describe('third-party notices', () => {
  const inputs = [
    'src/host/ids.ts',
    'node_modules/valibot/dist/index.mjs',
    'node_modules/@huggingface/tokenizers/dist/tokenizers.mjs',
  ];
  const notices = thirdPartyNotices(root, inputs);

  it('name every package that has a file in a bundle, and those staged beside the bundles', () => {
    const titles = [...notices.matchAll(/^(\S+) \d+\.\d+\.\d+ \(.+\)$/gm)].map(([, name]) => name);
    assert.deepEqual(titles, [
      '@huggingface/tokenizers',
      '@vscode/tree-sitter-wasm',
      'koffi',
      'onnxruntime-common',
      'onnxruntime-node',
      're2js',
      'valibot',
    ]);
  });

  it('give the terms, not only the name of the licence', () => {
    assert.match(notices, /^valibot [\d.]+ \(MIT\)\n-+\n\nMIT License\n\nCopyright \(c\) [^\n]*\n/m);
    assert.match(notices, /Apache License/);
    assert.match(
      notices,
      /^tree-sitter and its grammars \(MIT\)\n-+\n\nMIT License\n\ntree-sitter: Copyright \(c\) .* Max Brunsfeld$/m,
    );
  });

  it('give the terms of every package in the index process', () => {
    const more = thirdPartyNotices(root, ['node_modules/stemmer/index.js', 'node_modules/valibot/dist/index.mjs']);
    for (const name of ['stemmer', 'valibot'])
      assert.match(more, new RegExp(`^${name} [\\d.]+ \\(MIT\\)\\n-+\\n\\n[^]{0,80}Copyright \\(c\\)`, 'm'));
  });

  it('give terms that a package states in its files alone, and those of a file that code is made from', () => {
    const more = thirdPartyNotices(root, [
      'node_modules/@bufbuild/protobuf/dist/esm/index.js',
      'src/engine/graphs/generated/onnx_pb.ts',
    ]);
    assert.match(
      more,
      /^@bufbuild\/protobuf [\d.]+ \(.*\)\n-+\n\nCopyright .* Buf Technologies, Inc\.\n\n *Apache License/m,
    );
    assert.match(more, /Copyright 2008 Google Inc\./);
    assert.match(more, /^ONNX, .*\n-+\n\nCopyright \(c\) ONNX Project Contributors\n\n *Apache License/m);
  });

  it('give the terms, the authors and the changes of each base that a model was made from', () => {
    assert.doesNotMatch(notices, /model weights/);
    const more = thirdPartyNotices(root, inputs, Object.values(bases));
    for (const { name, authors, source, changes } of Object.values(bases)) {
      const at = more.indexOf(`\n${name}, model weights (Apache-2.0)\n---`);
      assert.ok(at > 0, name);
      const [about = ''] = more.slice(at).split('Apache License');
      for (const part of [authors, source, changes]) assert.ok(about.includes(part), part);
    }
  });

  it('are the same for the same packages', () => {
    assert.equal(thirdPartyNotices(root, [...inputs.toReversed(), ...inputs]), notices);
  });

  it('are refused where a package brings no licence text', () => {
    const repository = mkdtempSync(join(tmpdir(), 'glassbox-notices-'));
    for (const name of ['@bare/bare', '@vscode/tree-sitter-wasm', 'koffi', 'onnxruntime-common', 'onnxruntime-node']) {
      const folder = join(repository, 'node_modules', name);
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, 'package.json'), JSON.stringify({ name, version: '1.0.0', license: 'MIT' }));
    }
    assert.throws(
      () => thirdPartyNotices(repository, ['node_modules/@bare/bare/index.js']),
      /^Error: @bare\/bare comes without its licence text\.$/,
    );
    rmSync(repository, { recursive: true });
  });
});
