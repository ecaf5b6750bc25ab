/** Weights that are kept packed on disk: the same results to the bit, and nothing lost whatever happens to the files. */
import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import {
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readGraph } from '../../src/engine/decoder/graph';
import { Network } from '../../src/engine/decoder/network';
import { openDecoderSession } from '../../src/engine/decoder/open';
import { openFastEncoder } from '../../src/engine/encoder/open';
import { openDecoderFolder, openModelFolder } from '../../src/modelFolder/layouts/folder';
import type { DecoderFolder } from '../../src/modelFolder/layouts/types';
import { makePacked } from '../../src/engine/packing/make';
import { packedFolder } from '../../src/engine/packing/queue';
import { Tokenizer } from '../../src/modelFolder/tokenizer/tokenizer';
import { EngineClient } from '../../src/ipc/engine/client';
import { folderOf } from '../support/decoderModel/folder';
import { writeOnnx } from '../support/decoderModel/onnx';
import { middling, tiny } from '../support/decoderModel/shape';
import { completeParams, embeddedModel, engineModule, until } from '../support/engine';
import { unpackFamily } from '../support/families';
import { tinyShape, writeTinyModel } from '../support/gpuModel';
import { packedGraphs } from '../support/packedGraphs';

const environment = 'this machine';
const noPause = () => Promise.resolve(undefined);

let path: string;
let cache: string;
beforeEach(() => {
  path = mkdtempSync(join(tmpdir(), 'packed-model-'));
  cache = mkdtempSync(join(tmpdir(), 'packed-'));
});
afterEach(() => {
  rmSync(path, { recursive: true });
  rmSync(cache, { recursive: true });
});

const make = (folder: DecoderFolder) => makePacked(folder, 'inPlace', { folder: cache, environment });
const entryOf = (folder: string): string => {
  const names = readdirSync(folder);
  assert.equal(names.length, 1, names.join());
  return join(folder, names[0]!);
};

/** What a decoder makes of a prompt of 80 tokens in runs of several lengths, and of three tokens behind it. */
async function logitsOf(
  folder: DecoderFolder,
  packed: ReturnType<typeof packedGraphs>['graphs'] | undefined,
  threads: number,
): Promise<Buffer> {
  const { session, cacheForm } = await openDecoderSession(folder, { threads, packed });
  try {
    assert.equal(cacheForm, 'inPlace');
    const network = new Network(session, readGraph(session, folder, cacheForm), folder.contextLength);
    const tokens = Int32Array.from({ length: 83 }, (_, at) => (at * at * 7919) % folder.vocabularySize);
    const sequence = network.createCache();
    const found: Buffer[] = [];
    let past = 0;
    for (const rows of [64, 2, 14, 1, 1, 1]) {
      found.push(Buffer.from(Float32Array.from(await network.run(sequence, tokens, { past, rows })).buffer));
      past += rows;
    }
    return Buffer.concat(found);
  } finally {
    await session.dispose();
  }
}

const decoders = [
  { name: 'the embedded decoder', open: () => openDecoderFolder(embeddedModel) },
  {
    name: 'a public 4-bit decoder',
    open: () => Promise.resolve(folderOf(writeOnnx(path, middling, 'inside'), middling)),
  },
  {
    name: 'a public 4-bit decoder with its weights beside it',
    open: () => Promise.resolve(folderOf(writeOnnx(path, tiny, 'beside'), tiny)),
  },
];

for (const { name, open } of decoders) {
  it(`${name} gives the same logits to the bit with packed weights`, async () => {
    const folder = await open();
    const { graphs, missing, lines } = packedGraphs(cache);
    const plain = await logitsOf(folder, graphs, 1);
    assert.deepEqual(missing, [{ model: folder.path, graph: folder.graph, form: 'inPlace' }]);
    assert.match(await make(folder), /are packed for its next openings/);
    assert.match(await make(folder), /packed already/);
    for (const threads of [1, 2]) {
      assert.ok(plain.equals(await logitsOf(folder, graphs, threads)), `${threads} threads`);
    }
    assert.equal(missing.length, 1, 'the packed copy was used');
    assert.deepEqual(lines, []);
  });
}

for (const { form, rounded } of [
  { form: 'rounded', rounded: true },
  { form: 'asItIs', rounded: false },
] as const) {
  it(`an encoder gives the same vectors to the bit with packed weights, ${form}`, async () => {
    const folder = await openModelFolder(await unpackFamily('bert'));
    assert.equal(folder.role, 'encoder');
    const tokenizer = Tokenizer.create(folder.tokenizer, folder.tokenizerConfig);
    const { graphs, missing, lines } = packedGraphs(cache);
    const vectorsOf = async () => {
      const encoder = await openFastEncoder(folder, tokenizer, {
        threads: 1,
        packed: graphs,
        memory: { get: () => rounded, put: () => undefined },
      });
      const texts = ['const area = width * height;', 'x', 'the longest path of a tree '.repeat(20)];
      const { vectors } = await encoder.embed({ kind: 'document', texts }, noPause);
      const aside = await encoder.embed({ kind: 'document', texts, busy: () => true }, noPause);
      await encoder.dispose();
      return [vectors, aside.vectors];
    };
    const plain = await vectorsOf();
    assert.deepEqual(
      missing.map((subject) => subject.form),
      [form],
    );
    await makePacked(folder, form, { folder: cache, environment });
    assert.deepEqual(await vectorsOf(), plain);
    assert.equal(missing.length, 1, 'the packed copy was used');
    assert.deepEqual(lines, []);
  });
}

const damages: Readonly<Record<string, (entry: string) => void>> = {
  'weights that are cut off': (entry) => truncateSync(join(entry, 'weights.bin'), 5_000),
  'no weights': (entry) => rmSync(join(entry, 'weights.bin')),
  'one byte of the weights that is another': (entry) => {
    const file = join(entry, 'weights.bin');
    const { size, atime, mtime } = statSync(file);
    const descriptor = openSync(file, 'r+');
    writeSync(descriptor, Buffer.of(readFileSync(file)[size >> 1]! ^ 1), 0, 1, size >> 1);
    closeSync(descriptor);
    utimesSync(file, atime, mtime);
  },
  'a graph that is cut off': (entry) => truncateSync(join(entry, 'model.onnx'), 500),
  'a manifest that is cut off': (entry) => truncateSync(join(entry, 'manifest.json'), 20),
};
for (const [what, damage] of Object.entries(damages)) {
  it(`notices ${what}, packs in memory, and makes the copy anew`, async () => {
    const folder = folderOf(writeOnnx(path, tiny, 'inside'), tiny);
    const { graphs, missing, lines } = packedGraphs(cache);
    const plain = await logitsOf(folder, undefined, 1);
    await make(folder);
    damage(entryOf(cache));
    assert.ok(plain.equals(await logitsOf(folder, graphs, 1)));
    assert.equal(missing.length, 1);
    assert.equal(lines.length, 1);
    assert.match(lines[0]!, /^The packed weights of .*\.onnx are not used: /);
    assert.deepEqual(readdirSync(cache), []);
    await make(folder);
    assert.ok(plain.equals(await logitsOf(folder, graphs, 1)));
    assert.equal(missing.length, 1);
  });
}

it('is made anew for another model in the same place, also of the same size and date', async () => {
  const folder = folderOf(writeOnnx(path, tiny, 'beside'), tiny);
  const weights = readdirSync(path)
    .map((name) => join(path, name))
    .find((file) => file !== folder.graph)!;
  await make(folder);
  const { atime, mtime } = statSync(weights);
  const bytes = readFileSync(weights);
  writeFileSync(
    weights,
    bytes.map((byte, at) => (at % 97 === 0 ? byte ^ 0x11 : byte)),
  );
  utimesSync(weights, atime, mtime);
  const { graphs, missing, lines } = packedGraphs(cache);
  const found = await logitsOf(folder, graphs, 1);
  assert.match(lines.join(), /the model has changed/);
  assert.equal(missing.length, 1);
  assert.ok((await logitsOf(folder, undefined, 1)).equals(found));
});

it('is not used by another machine or version', async () => {
  const folder = folderOf(writeOnnx(path, tiny, 'inside'), tiny);
  await make(folder);
  const { graphs, missing } = packedGraphs(cache, 'another machine');
  await logitsOf(folder, graphs, 1);
  assert.equal(missing.length, 1);
});

/** A process of the engine that packs the embedded decoder. @returns what it said, or undefined */
function packAside(): { child: ChildProcess; end: Promise<unknown> } {
  const child = fork(engineModule, ['--pack', embeddedModel, '--form', 'inPlace', '--cache', cache], {
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  let said: unknown;
  child.on('message', (message) => {
    said = message;
  });
  return { child, end: new Promise((resolve) => child.on('close', () => resolve(said))) };
}

async function completesAsEver(expected: string): Promise<string[]> {
  const lines: string[] = [];
  const client = new EngineClient({
    modulePath: engineModule,
    threads: () => 1,
    cache,
    log: (level, message) => lines.push(`${level}: ${message}`),
  });
  try {
    assert.equal((await client.request('complete', completeParams(), { priority: 'completion' })).text, expected);
    return lines;
  } finally {
    client.dispose();
  }
}

describe('processes that pack', () => {
  let expected: string;
  before(async () => {
    const client = new EngineClient({ modulePath: engineModule, threads: () => 1, log: () => undefined });
    expected = (await client.request('complete', completeParams(), { priority: 'completion' })).text;
    client.dispose();
  });

  it('do not disturb each other', async () => {
    const said = await Promise.all([1, 2, 3].map(() => packAside().end));
    assert.ok(
      said.some((one) => String(one).includes('are packed for its next openings')),
      said.join('\n'),
    );
    const entry = entryOf(packedFolder(cache));
    assert.deepEqual(readdirSync(entry).sort(), ['manifest.json', 'model.onnx', 'weights.bin']);
    const manifest = join(entry, 'manifest.json');
    utimesSync(manifest, 1, 1);
    assert.doesNotMatch((await completesAsEver(expected)).join('\n'), /packed/);
    assert.ok(statSync(manifest).mtimeMs > 1_000, 'the engine has used it');
  });

  it('leave nothing that is used when they are killed, wherever they are', async () => {
    for (let wait = 0; wait <= 800; wait += 100) {
      const { child, end } = packAside();
      setTimeout(() => child.kill('SIGKILL'), wait);
      await end;
    }
    assert.doesNotMatch((await completesAsEver(expected)).join('\n'), /not used/);
    await packAside().end;
    entryOf(packedFolder(cache));
    assert.doesNotMatch((await completesAsEver(expected)).join('\n'), /not used/);
  });

  it('do so while nothing is asked for, and the next engine maps what they made', async () => {
    writeTinyModel(path, { ...middling, layers: 16, vocabulary: tinyShape.vocabulary });
    const model = { model: path, maxTokens: 4 };
    const lines: string[] = [];
    const client = new EngineClient({
      modulePath: engineModule,
      threads: () => 1,
      cache,
      log: (level, message) => lines.push(`${level}: ${message}`),
    });
    try {
      const { text } = await client.request('complete', completeParams(model), { priority: 'completion' });
      await until(() => lines.some((line) => line.includes('are packed for its next openings')));
      const manifest = join(entryOf(packedFolder(cache)), 'manifest.json');
      utimesSync(manifest, 1, 1);
      client.restart();
      assert.equal((await client.request('complete', completeParams(model), { priority: 'completion' })).text, text);
      assert.ok(statSync(manifest).mtimeMs > 1_000, 'the engine has used it');
    } finally {
      client.dispose();
    }
  });

  it('say why nothing can be written, and the engine goes on', async () => {
    writeFileSync(packedFolder(cache), 'in the way');
    assert.equal(await packAside().end, undefined);
    await completesAsEver(expected);
    assert.ok(existsSync(packedFolder(cache)));
  });
});
