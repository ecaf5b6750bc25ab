import JSZip from 'jszip';
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { posix } from 'node:path';
import { bases } from '../../scripts/lib/bases.mjs';
import { hostTarget } from '../../scripts/lib/native-parts.mjs';
import { vsixPath } from '../../scripts/lib/package.mjs';
import { requireBaseModel } from '../support/baseModels';

/** What is shipped for Linux on x64, without what stands for itself: pictures and texts in media/ and l10n/. */
const shipped = [
  'LICENSE.txt',
  'ThirdPartyNotices.txt',
  'changelog.md',
  'dist/chunks/*.js',
  'dist/engine.js',
  'dist/extension.js',
  'dist/indexer.js',
  'dist/models/decoder/glassbox.json',
  'dist/models/decoder/model.onnx',
  'dist/models/decoder/model.onnx.data',
  'dist/models/decoder/tokenizer.json',
  'dist/models/encoder/glassbox.json',
  'dist/models/encoder/model.onnx',
  'dist/models/encoder/model.onnx.data',
  'dist/models/encoder/tokenizer.json',
  'dist/nextEdit.js',
  'dist/node_modules/@koromix/koffi-linux-x64/*.js',
  'dist/node_modules/@koromix/koffi-linux-x64/linux_x64/koffi.node',
  'dist/node_modules/@koromix/koffi-linux-x64/package.json',
  'dist/node_modules/@vscode/tree-sitter-wasm/package.json',
  'dist/node_modules/@vscode/tree-sitter-wasm/wasm/*.js',
  'dist/node_modules/@vscode/tree-sitter-wasm/wasm/*.wasm',
  'dist/node_modules/koffi/index.cjs',
  'dist/node_modules/koffi/package.json',
  'dist/node_modules/koffi/src/koffi/index.cjs',
  'dist/node_modules/koffi/src/koffi/src/static.cjs',
  'dist/node_modules/onnxruntime-common/dist/cjs/*.js',
  'dist/node_modules/onnxruntime-common/dist/cjs/package.json',
  'dist/node_modules/onnxruntime-common/package.json',
  'dist/node_modules/onnxruntime-node/bin/napi-v6/linux/x64/libonnxruntime.so.1',
  'dist/node_modules/onnxruntime-node/bin/napi-v6/linux/x64/onnxruntime_binding.node',
  'dist/node_modules/onnxruntime-node/dist/*.js',
  'dist/node_modules/onnxruntime-node/package.json',
  'dist/node_modules/re2js/build/index.cjs',
  'dist/node_modules/re2js/package.json',
  'dist/watchdog.js',
  'dist/webview/inspector.css',
  'dist/webview/inspector.js',
  'dist/webview/inspector.recorded.js',
  'dist/webview/report.css',
  'dist/webview/report.js',
  'dist/webview/search.css',
  'dist/webview/search.js',
  'dist/webview/suggestions.css',
  'dist/webview/suggestions.js',
  'models/decoder/glassbox.json',
  'models/decoder/model.onnx',
  'models/decoder/tokenizer.json',
  'models/search/glassbox.json',
  'models/search/scales.bin',
  'models/search/table.bin',
  'models/search/tokenizer.json',
  'models/trial/tasks.json',
  'package.json',
  'package.nls.json',
  'readme.md',
];

describe('the VSIX', () => {
  const packed = readFileSync(vsixPath(hostTarget()));
  let zip: JSZip;
  before(async () => (zip = await JSZip.loadAsync(packed)));

  const read = async (path: string) => {
    const entry = zip.file(`extension/${path}`);
    assert.ok(entry, `${path} is not in the VSIX`);
    return entry.async('nodebuffer');
  };
  /** The extension host: what starts, and what is loaded late. */
  const hostFiles = (): string[] =>
    Object.keys(zip.files)
      .filter((name) => /^extension\/dist\/(?:extension|chunks\/[^/]+)\.js$/.test(name))
      .map((name) => name.slice('extension/'.length));
  const required = async (path: string) => {
    const modules = [...(await read(path)).toString('utf8').matchAll(/\b(?:require|import)\("([^"]+)"\)/g)].map(
      ([, name = '']) => name,
    );
    return [...new Set(modules)].filter((name) => !isBuiltin(name));
  };

  it('holds what is shipped and nothing else', function () {
    for (const role of ['decoder', 'encoder'] as const) requireBaseModel(this, role);
    const files = Object.values(zip.files)
      .filter(({ dir, name }) => !dir && name.startsWith('extension/'))
      .map(({ name }) => name.slice('extension/'.length))
      .filter((name) => !/^(media|l10n)\//.test(name));
    const alike = /^(dist\/(?:chunks|node_modules\/.*))\/[^/]+\.(js|wasm)$/;
    assert.deepEqual([...new Set(files.map((name) => name.replace(alike, '$1/*.$2')))].sort(), shipped);
  });

  it('has at most 150 MB', () => {
    console.log(`      ${(packed.length / 1e6).toFixed(1)} MB`);
    assert.ok(packed.length <= 150e6);
  });

  it('has a host of at most 300 KB at start, which loads nothing of what is loaded late', async () => {
    const atStart = new Map<string, number>();
    const load = async (path: string): Promise<void> => {
      const code = (await read(path)).toString('utf8');
      atStart.set(path, Buffer.byteLength(code));
      const late = /\.then\(\(\)=>[\w$]+\(require\("\.[^"]+"\)\)\)/g;
      for (const [, chunk = ''] of code.replaceAll(late, '').matchAll(/\brequire\("(\.[^"]+)"\)/g)) {
        const next = posix.join(posix.dirname(path), chunk);
        if (!atStart.has(next)) await load(next);
      }
    };
    await load('dist/extension.js');
    const bytes = [...atStart.values()].reduce((sum, one) => sum + one, 0);
    console.log(`      ${Math.round(bytes / 1000)} KB, ${hostFiles().length - atStart.size} files later`);
    assert.ok(bytes <= 300_000, `${bytes} bytes`);
    assert.ok(atStart.size < hostFiles().length);
  });

  it('has a host that can load no native code', async () => {
    const modules = await Promise.all(hostFiles().map(required));
    const packages = new Set(modules.flat().filter((name) => !name.startsWith('.')));
    assert.deepEqual([...packages].sort(), ['@vscode/tree-sitter-wasm', 'vscode']);
    for (const path of hostFiles())
      assert.doesNotMatch((await read(path)).toString('utf8'), /\.node\b["'`]|onnxruntime-node/);
  });

  it('has an engine that needs nothing but the runtime and patterns of linear time beside it', async () => {
    assert.deepEqual((await required('dist/engine.js')).sort(), ['koffi', 'onnxruntime-node', 're2js']);
  });

  it('has an index process that needs nothing but grammars and patterns of linear time beside it, and no model', async () => {
    assert.deepEqual((await required('dist/indexer.js')).sort(), ['@vscode/tree-sitter-wasm', 're2js']);
  });

  it('carries no source map', async () => {
    for (const bundle of [
      ...hostFiles(),
      'dist/engine.js',
      'dist/indexer.js',
      'dist/nextEdit.js',
      'dist/watchdog.js',
    ]) {
      assert.doesNotMatch((await read(bundle)).toString('utf8'), /sourceMappingURL|sourcesContent/);
    }
  });

  for (const folder of ['models/decoder', 'models/search', 'dist/models/decoder', 'dist/models/encoder']) {
    it(`carries the model that the list of checksums describes: ${folder}`, async function () {
      if (folder === 'dist/models/decoder') requireBaseModel(this, 'decoder');
      if (folder === 'dist/models/encoder') requireBaseModel(this, 'encoder');
      const { files } = JSON.parse((await read(`${folder}/glassbox.json`)).toString('utf8')) as {
        files: { path: string; bytes: number; sha256: string }[];
      };
      assert.ok(files.length > 0);
      for (const { path, bytes, sha256 } of files) {
        const content = await read(`${folder}/${path}`);
        assert.deepEqual(
          { bytes: content.length, sha256: createHash('sha256').update(content).digest('hex') },
          { bytes, sha256 },
        );
      }
    });
  }

  it('gives the licences of what is inside', async () => {
    const notices = (await read('ThirdPartyNotices.txt')).toString('utf8');
    for (const name of ['@vscode/tree-sitter-wasm', 'onnxruntime-node', 'onnxruntime-common', 'koffi', 'valibot']) {
      assert.match(notices, new RegExp(`^${name} \\d+\\.\\d+\\.\\d+ \\(MIT\\)$`, 'm'));
    }
  });

  it('gives the licences of the bases that its models were made from', async function () {
    for (const role of ['decoder', 'encoder'] as const) requireBaseModel(this, role);
    const notices = (await read('ThirdPartyNotices.txt')).toString('utf8');
    for (const { name, license, source } of Object.values(bases)) {
      assert.ok(notices.includes(`\n${name}, model weights (${license})\n`) && notices.includes(source), name);
    }
  });
});
