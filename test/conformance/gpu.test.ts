/** The same models on the processor and, through WebGPU, on a Vulkan that calculates in software. */
import assert from 'node:assert/strict';
import koffi from 'koffi';
import type { LibraryHandle } from 'koffi';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { requireSoftwareVulkan } from '../../scripts/lib/vulkan.mjs';
import { Decoder } from '../../src/engine/decoder/decoder';
import { testOnDevice } from '../../src/engine/decoder/deviceTest';
import { FallbackDecoder } from '../../src/engine/decoder/fallback';
import { readGraph } from '../../src/engine/decoder/graph';
import { DeviceCache } from '../../src/engine/decoder/cache/kvDevice';
import { Network } from '../../src/engine/decoder/network';
import { openExactSession } from '../../src/engine/decoder/onDevice';
import type { OpenedSession } from '../../src/engine/decoder/open';
import { EngineError } from '../../src/ipc/engine/errors';
import { EngineClient } from '../../src/ipc/engine/client';
import { openDecoderFolder } from '../../src/modelFolder/layouts/folder';
import type { DecoderFolder } from '../../src/modelFolder/layouts/types';
import { nativeBackend } from '../../src/engine/runtime/native/backend';
import { errorOf } from '../../src/engine/runtime/providers/judge';
import { vulkanAdapters } from '../../src/engine/runtime/providers/vulkan';
import type { Session, Tensors } from '../../src/engine/runtime/session';
import { completeParams, embeddedModel, engineModule, until } from '../support/engine';
import { writeTinyModel } from '../support/gpuModel';
import { createRandom } from '../support/random';

/** Rounding of 32 bit numbers, as a share of the logits' spread; measured: 3e-7. */
const tolerance = 1e-5;
/** Guesses make runs of every length, and software compiles shaders for each. */
const plain = { speculates: false };
/** Ten times what it takes where nothing else runs. */
const slowMs = 300_000;
const noPause = () => Promise.resolve(undefined);

const { library, driver } = requireSoftwareVulkan();
const path = mkdtempSync(join(tmpdir(), 'gpu-'));
let tiny: DecoderFolder;
/** Held on to: what koffi has loaded is unloaded once nobody refers to it. */
let loader: LibraryHandle;

before(async () => {
  // That sets koffi up, which has to happen before it loads anything.
  await nativeBackend();
  // A library that is loaded already is found by its name: so ONNX Runtime gets this one.
  loader = koffi.load(library);
  process.env.VK_DRIVER_FILES = driver;
  writeTinyModel(path);
  tiny = await openDecoderFolder(path);
});
after(() => {
  loader.unload();
  rmSync(path, { recursive: true });
});

const randomIds = (seed: number, length: number, vocabulary: number) => {
  const random = createRandom(seed);
  return Array.from({ length }, () => Math.floor(random() * vocabulary));
};
const request = (prompt: readonly number[], maxTokens: number) => ({
  prompt,
  maxTokens,
  stopIds: new Set<number>(),
  forbiddenIds: [],
});

/** A session that does something else in between; what it does not change is passed on. */
function spoiled(opened: OpenedSession, after: (outputs: Tensors, rows: number) => void): OpenedSession {
  const { session } = opened;
  const spoil: Session = {
    inputs: session.inputs,
    outputs: session.outputs,
    interruptible: session.interruptible,
    memory: session.memory,
    maxRows: session.maxRows,
    tensor: (...args) => session.tensor(...args),
    run: async (feeds, into, interrupt) => {
      const outputs = await session.run(feeds, into, interrupt);
      after(outputs, feeds.input_ids!.dims[1]!);
      return outputs;
    },
    dispose: () => session.dispose(),
  };
  return { ...opened, session: spoil };
}
const corrupt = (outputs: Tensors) => {
  const logits = outputs.logits!.data as Float32Array;
  for (let at = 0; at < logits.length; at += 2) logits[at]! *= 1.2;
};

it('finds the software adapter and says what it is', async () => {
  const [adapter] = await vulkanAdapters();
  assert.match(adapter!.name, /SwiftShader/);
  assert.equal(adapter!.software, true);
});

describe('a planted adapter', () => {
  const test = (after: (outputs: Tensors, rows: number) => void) =>
    testOnDevice(tiny, 'webgpu', 1, [], async () => spoiled(await openExactSession(tiny, { threads: 1 }), after));

  it('that is right is trusted', async () => assert.equal((await test(() => {})).maxRows, 64));

  it('that is wrong from 32 rows on gets runs of 16', async () =>
    assert.equal(
      (
        await test((outputs, rows) => {
          if (rows >= 32) corrupt(outputs);
        })
      ).maxRows,
      16,
    ));

  it('that is wrong everywhere is refused', async () => {
    const verdict = await test(corrupt);
    assert.equal(verdict.maxRows, 0);
    assert.match(verdict.reason!, /differ from those of the processor/);
  });
});

describe('a public 4-bit decoder on software Vulkan', () => {
  let cpu: OpenedSession;
  let gpu: OpenedSession;
  before(async () => {
    cpu = await openExactSession(tiny, { threads: 1 });
    gpu = await openExactSession(tiny, { threads: 1 }, { provider: 'webgpu', maxRows: 16 });
  });
  after(() => Promise.all([cpu.session.dispose(), gpu.session.dispose()]));

  const decoder = ({ session, cacheForm }: OpenedSession) => new Decoder(session, tiny, cacheForm, plain);

  it('keeps its cache in the memory of the device', () => assert.ok(gpu.session.memory));

  it('writes the same tokens, with and without what is cached', async () => {
    const [ours, theirs] = [decoder(cpu), decoder(gpu)];
    const ids = randomIds(1, 60, tiny.vocabularySize);
    for (const prompt of [ids, [...ids, 5, 6], [...ids.slice(0, 41), 9]]) {
      const expected = await ours.generate(request(prompt, 8), noPause);
      const found = await theirs.generate(request(prompt, 8), noPause);
      assert.deepEqual(
        found.tokens.map(({ id }) => id),
        expected.tokens.map(({ id }) => id),
      );
      for (const [at, { logprob }] of found.tokens.entries())
        assert.ok(Math.abs(logprob - expected.tokens[at]!.logprob) < 1e-4);
      assert.equal(found.reusedTokens, expected.reusedTokens);
    }
  });

  it('gives the same logits from a cache that has grown', async () => {
    const graph = readGraph(gpu.session, tiny, gpu.cacheForm);
    const [ours, theirs] = [cpu, gpu].map(({ session }) => new Network(session, graph, tiny.contextLength)) as [
      Network,
      Network,
    ];
    const caches = [ours.createCache(), new DeviceCache(gpu.session.memory!, graph, tiny.contextLength, 16)] as const;
    const tokens = Int32Array.from(randomIds(2, 64, tiny.vocabularySize));
    const small = caches[1].bytes;
    for (let past = 0; past < 64; past += 16) {
      const expected = Float32Array.from(await ours.run(caches[0], tokens, { past, rows: 16 }));
      const error = errorOf(expected, await theirs.run(caches[1], tokens, { past, rows: 16 }));
      assert.ok(error <= tolerance, `${error} behind ${past}`);
    }
    assert.equal(caches[1].bytes, 4 * small);
    caches[1].dispose();
  });

  it('goes on on the processor when the device vanishes in the middle of a text', async () => {
    const prompt = randomIds(3, 30, tiny.vocabularySize);
    const expected = await decoder(cpu).generate(request(prompt, 8), noPause);
    let left = 3;
    const vanishing = spoiled(gpu, () => {
      if (--left < 0) throw new EngineError('runtime', 'the device was lost');
    });
    const failures: string[] = [];
    const used = new FallbackDecoder(
      decoder(vanishing),
      () => Promise.resolve(decoder(cpu)),
      (reason) => failures.push(reason),
    );
    const { tokens } = await used.generate(request(prompt, 8), noPause);
    assert.deepEqual(
      tokens.map(({ id }) => id),
      expected.tokens.map(({ id }) => id),
    );
    assert.deepEqual(failures, ['the device was lost']);
  });
});

it('the embedded decoder gives the same logits and tokens on software Vulkan', async () => {
  const folder = await openDecoderFolder(embeddedModel);
  const opened = [
    await openExactSession(folder, { threads: 1 }),
    await openExactSession(folder, { threads: 1 }, { provider: 'webgpu', maxRows: 16 }),
  ];
  const [ours, theirs] = await Promise.all(
    opened.map(({ session, cacheForm }) =>
      new Decoder(session, folder, cacheForm, plain).generate(
        request(randomIds(4, 8, folder.vocabularySize), 3),
        noPause,
      ),
    ),
  );
  assert.deepEqual(
    theirs!.tokens.map(({ id }) => id),
    ours!.tokens.map(({ id }) => id),
  );
  for (const [at, { logprob }] of theirs!.tokens.entries())
    assert.ok(Math.abs(logprob - ours!.tokens[at]!.logprob) < 1e-3);
  await Promise.all(opened.map(({ session }) => session.dispose()));
}).timeout(slowMs);

describe('an engine process that is told to use WebGPU', () => {
  const cache = mkdtempSync(join(tmpdir(), 'gpu-cache-'));
  const before = process.env.LD_LIBRARY_PATH;
  const lines: string[] = [];
  let client: EngineClient;

  const start = () =>
    new EngineClient({
      modulePath: engineModule,
      threads: () => 1,
      device: () => 'webgpu',
      cache,
      timeouts: { grace: slowMs },
      log: (level, message) => lines.push(`${level}: ${message}`),
    });
  const complete = () =>
    client.request(
      'complete',
      { ...completeParams({ maxTokens: 6 }), model: path, prefix: 'a = ', suffix: '' },
      { priority: 'completion' },
    );
  const accelerators = async () => (await client.request('status', {}, { priority: 'inspect' })).accelerators;

  beforeEach(() => {
    process.env.LD_LIBRARY_PATH = dirname(library);
  });
  after(() => {
    if (before === undefined) delete process.env.LD_LIBRARY_PATH;
    else process.env.LD_LIBRARY_PATH = before;
    client.dispose();
    rmSync(cache, { recursive: true });
  });

  it('tests it first, says what runs the model, and keeps a request when the process ends', async () => {
    client = start();
    const { text } = await complete();
    assert.deepEqual(await accelerators(), ['SwiftShader Device (Subzero) (webgpu)']);

    const again = complete();
    await until(() => client.state.kind === 'ready' && !client.state.loading);
    assert.ok(client.state.kind === 'ready');
    process.kill(client.state.pid, 'SIGABRT');
    assert.equal((await again).text, text);
    assert.deepEqual(await accelerators(), []);
    assert.ok(
      lines.some((line) => line.startsWith('warn: The engine ended while it used webgpu')),
      lines.join('\n'),
    );
    client.dispose();
  }).timeout(slowMs);

  it('leaves it alone from then on', async () => {
    client = start();
    await complete();
    assert.deepEqual(await accelerators(), []);
    assert.ok(
      lines.some((line) => line.includes('the engine ended while it was used')),
      lines.join('\n'),
    );
  });
});
