import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EngineClient } from '../../src/ipc/engine/client';
import { EngineError } from '../../src/ipc/engine/errors';
import { cutWindow } from '../../src/ipc/engine/documentWindow';
import type { ErrorCode } from '../../src/ipc/engine/protocol';
import { completeParams, embeddedModel, startEngine } from '../support/engine';
import { graphWithoutInputs } from '../support/onnx';
import { root } from '../support/paths';

interface Manifest {
  files: { path: string; bytes: number; sha256: string }[];
}

/** A copy of the embedded model that can be spoilt. */
class SpoiltModel {
  constructor(readonly folder: string) {
    cpSync(embeddedModel, folder, { recursive: true });
  }

  /** Changes a file behind the manifest's back. */
  change(name: string, edit: (content: Buffer) => Buffer): void {
    writeFileSync(join(this.folder, name), edit(readFileSync(join(this.folder, name))));
  }

  /** Changes a file and lists it as it is now: the folder is whole, but what is in it makes no sense. */
  forge(name: string, edit: (content: Buffer) => Buffer): void {
    this.change(name, edit);
    const content = readFileSync(join(this.folder, name));
    const entry = { path: name, bytes: content.length, sha256: createHash('sha256').update(content).digest('hex') };
    this.editManifest((manifest) => ({
      ...manifest,
      files: manifest.files.map((file) => (file.path === name ? entry : file)),
    }));
  }

  editManifest(edit: (manifest: Manifest) => unknown): void {
    this.change('glassbox.json', (content) =>
      Buffer.from(JSON.stringify(edit(JSON.parse(content.toString()) as Manifest))),
    );
  }

  remove(name: string): void {
    rmSync(join(this.folder, name));
  }
}

const asJson = (edit: (value: Record<string, never>) => unknown) => (content: Buffer) =>
  Buffer.from(JSON.stringify(edit(JSON.parse(content.toString()) as Record<string, never>)));

const spoiltModels: [what: string, code: ErrorCode, names: RegExp, spoil: (model: SpoiltModel) => void][] = [
  ['a missing folder', 'modelMissing', /folder/, (model) => rmSync(model.folder, { recursive: true })],
  [
    'an empty folder',
    'modelMissing',
    /glassbox\.json/,
    (model) => {
      rmSync(model.folder, { recursive: true });
      mkdirSync(model.folder);
    },
  ],
  ['a missing graph', 'modelMissing', /model\.onnx/, (model) => model.remove('model.onnx')],
  [
    'a folder where the graph should be',
    'modelInvalid',
    /model\.onnx/,
    (model) => {
      model.remove('model.onnx');
      mkdirSync(join(model.folder, 'model.onnx'));
    },
  ],
  [
    'a truncated graph',
    'modelInvalid',
    /model\.onnx/,
    (model) => model.change('model.onnx', (bytes) => bytes.subarray(0, bytes.length / 2)),
  ],
  [
    'a graph with one wrong byte',
    'modelInvalid',
    /model\.onnx/,
    (model) =>
      model.change('model.onnx', (bytes) => {
        bytes[bytes.length >> 1]! ^= 1;
        return bytes;
      }),
  ],
  [
    'a truncated graph whose checksum fits',
    'modelInvalid',
    /model\.onnx/,
    (model) => model.forge('model.onnx', (bytes) => bytes.subarray(0, bytes.length / 2)),
  ],
  [
    'a graph that is text',
    'modelInvalid',
    /model\.onnx/,
    (model) => model.forge('model.onnx', () => Buffer.from('<html>404</html>')),
  ],
  ['an empty graph', 'modelInvalid', /model\.onnx/, (model) => model.forge('model.onnx', () => Buffer.alloc(0))],
  [
    'a graph without the expected inputs',
    'modelInvalid',
    /model\.onnx/,
    (model) => model.forge('model.onnx', () => graphWithoutInputs()),
  ],
  [
    'a manifest that is no JSON',
    'modelInvalid',
    /glassbox\.json/,
    (model) => model.change('glassbox.json', () => Buffer.from('{')),
  ],
  [
    'a manifest of the wrong type',
    'modelInvalid',
    /glassbox\.json/,
    (model) => model.change('glassbox.json', () => Buffer.from('[]')),
  ],
  [
    'a manifest that lies about the context',
    'modelInvalid',
    /glassbox\.json/,
    (model) => model.editManifest((manifest) => ({ ...manifest, contextLength: -1 })),
  ],
  [
    'a manifest that lies about the vocabulary',
    'modelInvalid',
    /./,
    (model) => model.editManifest((manifest) => ({ ...manifest, vocabularySize: 77 })),
  ],
  [
    'a tokenizer that is no JSON',
    'modelInvalid',
    /tokenizer\.json/,
    (model) => model.forge('tokenizer.json', () => Buffer.from([0xff, 0, 1])),
  ],
  [
    'a tokenizer without a vocabulary',
    'modelInvalid',
    /tokenizer/,
    (model) =>
      model.forge(
        'tokenizer.json',
        asJson((json) => ({ ...json, model: {} })),
      ),
  ],
  [
    'a tokenizer that lacks the special tokens',
    'modelInvalid',
    /tokenizer/,
    (model) =>
      model.forge(
        'tokenizer.json',
        asJson((json) => ({ ...json, added_tokens: [] })),
      ),
  ],
];

describe('bad input, through the whole engine', () => {
  let client: EngineClient;
  let lines: string[];
  let folder: string;
  let pid: number;

  const complete = (more = {}) =>
    client.request('complete', completeParams(more), { priority: 'completion', deadlineMs: 30_000 });

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'glassbox-'));
    ({ client, lines } = startEngine());
    await complete();
    assert.ok(client.state.kind === 'ready');
    pid = client.state.pid;
  });

  after(() => {
    client.dispose();
    rmSync(folder, { recursive: true });
  });

  /** After anything: the same process is there, and the embedded model still works. */
  afterEach(async () => {
    await complete();
    assert.ok(client.state.kind === 'ready' && client.state.pid === pid);
    assert.deepEqual(
      lines.filter((line) => line.includes('ended')),
      [],
    );
  });

  spoiltModels.forEach(([what, code, names, spoil], index) => {
    it(`${what}: one sentence, and the repaired folder works`, async () => {
      const model = new SpoiltModel(join(folder, `model${index}`));
      spoil(model);
      await assert.rejects(complete({ model: model.folder }), (error) => {
        assert.ok(error instanceof EngineError);
        assert.equal(error.code, code, error.message);
        assert.match(error.message, names);
        assert.match(error.message, /^[^\n]{20,400}\.$/, 'one sentence');
        assert.doesNotMatch(error.message, /unexpected went wrong|undefined|\[object|\bat .*:\d+:\d+/);
        return true;
      });
      rmSync(model.folder, { recursive: true, force: true });
      cpSync(embeddedModel, model.folder, { recursive: true });
      await complete({ model: model.folder });
    });
  });

  it('text beyond what a request may carry is refused', async () => {
    await assert.rejects(complete({ prefix: 'x'.repeat(10_000_000) }), { code: 'invalid' });
  });

  for (const [what, prefix, suffix] of [
    ['a document of 10 MB', 'const a = 1;\n'.repeat(400_000), '\nconst b = 2;'.repeat(400_000)],
    ['a line of 1 MB', `const data = "${'abc '.repeat(125_000)}`, `${'abc '.repeat(125_000)}";\n`],
    ['a word of 1 MB', 'x'.repeat(500_000), 'x'.repeat(500_000)],
    [
      'bytes that are no text',
      String.fromCharCode(...Array.from({ length: 20_000 }, (_, index) => (index * 7919) % 256)),
      '\0',
    ],
    ['lone surrogates', 'const a = "\ud800\ud800\udc00', '\udfff";'],
    ['nothing at all', '', ''],
  ] as const) {
    it(`${what} is completed, or not, without harm`, async () => {
      const result = await complete({ ...cutWindow({ prefix, suffix }), maxTokens: 4 });
      assert.ok(result.tokens.length <= 4);
    });
  }

  describe('on the command line', () => {
    const run = (args: string[]) =>
      new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
        execFile(process.execPath, [join(root, 'dist/cli.js'), ...args], (error, stdout, stderr) => {
          resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr });
        });
      });

    for (const [what, args, code, sentence] of [
      ['a missing file', ['complete', '/nowhere/a.ts:1:1'], 1, /^\/nowhere\/a\.ts does not exist\.\n$/],
      [
        'a binary file',
        ['complete', `${join(embeddedModel, 'model.onnx')}:1:1`],
        1,
        /does not look like a text file\.\n$/,
      ],
      ['a missing model', ['complete', `${__filename}:1:1`, '--model', '/nowhere'], 1, /^[^\n]*\/nowhere[^\n]*\.\n$/],
      ['no place', ['complete', 'a.ts'], 2, /^"a\.ts" is not PATH:LINE:COLUMN/],
    ] as const) {
      it(`${what}: one sentence, nothing on standard output, exit code ${code}`, async () => {
        const { code: actual, stdout, stderr } = await run([...args]);
        assert.equal(actual, code, stderr);
        assert.match(stderr, sentence);
        assert.equal(stdout, '');
      });
    }
  });
});
