import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Decoder } from '../../src/engine/decoder/decoder';
import type { Generated } from '../../src/engine/decoder/decoder';
import { openDecoderSession } from '../../src/engine/decoder/open';
import type { Backend, OpenedSession } from '../../src/engine/decoder/open';
import { readGraph } from '../../src/engine/decoder/graph';
import { Network } from '../../src/engine/decoder/network';
import { EngineError } from '../../src/ipc/engine/errors';
import { openDecoderFolder } from '../../src/modelFolder/layouts/folder';
import type { DecoderFolder } from '../../src/modelFolder/layouts/types';
import type { EngineMessage } from '../../src/ipc/engine/protocol';
import { nativeBackend } from '../../src/engine/runtime/native/backend';
import { RunInterrupted } from '../../src/engine/runtime/session';
import { folderOf } from '../support/decoderModel/folder';
import { writeOnnx } from '../support/decoderModel/onnx';
import { middling, tiny } from '../support/decoderModel/shape';
import type { DecoderShape } from '../support/decoderModel/shape';
import { completeParams, embeddedModel, engineModule } from '../support/engine';
import { createRandom } from '../support/random';

const noPause = () => Promise.resolve(undefined);

/** A public 4-bit model, as the exporters for ONNX Runtime write them. */
const publicModel = (folder: string, shape: DecoderShape): DecoderFolder =>
  folderOf(writeOnnx(folder, shape, 'beside'), shape);

const models = [
  { name: 'the embedded decoder', open: () => openDecoderFolder(embeddedModel) },
  { name: 'a public 4-bit decoder', open: (folder: string) => Promise.resolve(publicModel(folder, tiny)) },
];

it('the native interface works on this machine', async () => {
  const backend = await nativeBackend();
  assert.deepEqual(backend.works ? 'works' : backend.reason, 'works');
});

it('survives garbage collection in a process without the binding', async () => {
  const engine = fork(engineModule, ['--threads', '1'], { execArgv: ['--gc-interval=200'], serialization: 'advanced' });
  try {
    const answer = await new Promise<EngineMessage>((resolve, reject) => {
      engine.on('exit', (code, signal) => reject(new Error(`ended with ${signal ?? code}`)));
      engine.on('message', (message: EngineMessage) => {
        if (message.kind === 'ready')
          engine.send({ kind: 'request', id: 1, method: 'complete', priority: 'completion', params: completeParams() });
        if (message.kind === 'result' || message.kind === 'error') resolve(message);
        if (message.kind === 'log') reject(new Error(message.message));
      });
    });
    assert.equal(answer.kind, 'result');
  } finally {
    engine.kill('SIGKILL');
  }
});

describe('a public 4-bit decoder with a long text', () => {
  const path = mkdtempSync(join(tmpdir(), 'long-'));
  const rows = 512;
  const ids = Int32Array.from({ length: rows + 2 }, (_, at) => (at * at * 7919) % middling.vocabulary);
  let folder: DecoderFolder;
  let opened: OpenedSession;

  before(async () => {
    folder = publicModel(path, middling);
    opened = await openDecoderSession(folder, { threads: 1 });
  });
  after(async () => {
    await opened.session.dispose();
    rmSync(path, { recursive: true });
  });

  it('ends a run that is interrupted long before its end, and leaves the rows before it as they were', async () => {
    const { session, cacheForm } = opened;
    const network = new Network(session, readGraph(session, folder, cacheForm), folder.contextLength);
    const measure = async (cache = network.createCache(), interrupt?: AbortSignal) => {
      const started = performance.now();
      await network.run(cache, ids, { past: 2, rows }, interrupt);
      return performance.now() - started;
    };
    const filled = async () => {
      const cache = network.createCache();
      await network.run(cache, ids, { past: 0, rows: 2 });
      return cache;
    };
    await measure();
    const wholeMs = await measure();
    const waits: number[] = [];
    for (const share of [0, 0.1, 0.2, 0.3, 0.4, 0.5]) {
      const cache = await filled();
      const interrupt = new AbortController();
      const running = measure(cache, interrupt.signal);
      await new Promise((resolve) => setTimeout(resolve, share * wholeMs));
      const abortedAt = performance.now();
      interrupt.abort();
      await assert.rejects(running, RunInterrupted);
      waits.push(performance.now() - abortedAt);

      await network.run(cache, ids, { past: 2, rows: 4 });
      const after = (await network.run(cache, ids, { past: 6, rows: 2 })).slice();
      const fresh = network.createCache();
      await network.run(fresh, ids, { past: 0, rows: 6 });
      assert.deepEqual(after, (await network.run(fresh, ids, { past: 6, rows: 2 })).slice());
    }
    console.log(`      ends within ${Math.max(...waits).toFixed(1)} ms, uninterrupted after ${wholeMs.toFixed(0)} ms`);
    assert.ok(Math.min(...waits) < wholeMs / 4, `${waits.map((wait) => wait.toFixed(1)).join(', ')} ms`);
  });

  it('appends to a long text with the logits of no cache', async () => {
    const { session, cacheForm } = opened;
    const network = new Network(session, readGraph(session, folder, cacheForm), folder.contextLength);
    const text = Int32Array.from(
      { length: middling.contextLength - 2 },
      (_, at) => (at * at * 104_729) % middling.vocabulary,
    );
    const detour = text.map((id, at) => (at < 1006 ? id : (id + 1) % middling.vocabulary));
    const whole = (await network.run(network.createCache(), text, { past: 0, rows: text.length })).slice();
    const cache = network.createCache();
    for (let past = 0; past < 1006; past += 64)
      await network.run(cache, text, { past, rows: Math.min(64, 1006 - past) });
    await network.run(cache, detour, { past: 1006, rows: 16 });
    assert.deepEqual((await network.run(cache, text, { past: 1006, rows: 16 })).slice(), whole.slice());
  });

  it('does not begin a run that was interrupted before', async () => {
    const { session } = opened;
    await assert.rejects(session.run({}, {}, AbortSignal.abort()), RunInterrupted);
  });

  it('begins interrupted runs again, and writes what it would have written', async () => {
    const decoder = new Decoder(opened.session, folder, opened.cacheForm, { remembers: false });
    const request = { prompt: ids, maxTokens: 8, stopIds: new Set<number>(), forbiddenIds: [] };
    const expected = await new Decoder(opened.session, folder, opened.cacheForm).generate(request, noPause);
    let pauses = 0;
    const step = () => {
      const interrupt = new AbortController();
      if (pauses++ % 2 === 0) setTimeout(() => interrupt.abort(), pauses % 5);
      return Promise.resolve(interrupt.signal);
    };
    assert.deepEqual((await decoder.generate(request, step)).tokens, expected.tokens);
  });
});

for (const { name, open } of models) {
  describe(`${name} through the native interface`, () => {
    const path = mkdtempSync(join(tmpdir(), 'native-'));
    let folder: DecoderFolder;
    let native: OpenedSession;
    let binding: OpenedSession;
    const lines: string[] = [];

    before(async () => {
      folder = await open(path);
      const load = (backend: Backend) =>
        openDecoderSession(folder, { threads: 1, backend, log: (line) => lines.push(line) });
      [native, binding] = await Promise.all([load('auto'), load('binding')]);
    });
    after(async () => {
      await Promise.all([native.session.dispose(), binding.session.dispose()]);
      rmSync(path, { recursive: true });
    });

    const decoder = ({ session, cacheForm }: OpenedSession) =>
      new Decoder(session, folder, cacheForm, { remembers: false });
    const generate = (
      used: Decoder,
      prompt: readonly number[],
      maxTokens: number,
      step = noPause,
    ): Promise<Generated> => used.generate({ prompt, maxTokens, stopIds: new Set(), forbiddenIds: [] }, step);
    const randomIds = (seed: number, length: number) => {
      const random = createRandom(seed);
      return Array.from({ length }, () => Math.floor(random() * folder.vocabularySize));
    };

    it('writes its cache in place', () => {
      assert.equal(native.cacheForm, 'inPlace');
      assert.notEqual(binding.cacheForm, 'inPlace');
      assert.deepEqual(lines, []);
    });

    it('gives the same tokens and probabilities, to the bit, whatever is in its cache', async () => {
      const random = createRandom(11);
      const below = (limit: number) => Math.floor(random() * limit);
      const used = decoder(native);
      let ids = randomIds(1, 120);
      let reused = 0;
      for (let edit = 0; edit < 60; edit++) {
        ids.splice(below(ids.length), below(4), ...randomIds(edit + 2, below(6)));
        // Past the first capacity of the cache, and back.
        if (ids.length > 200 || edit % 20 === 19) ids = randomIds(edit + 100, 40 + below(150));
        const found = await generate(used, ids, 4);
        assert.deepEqual(found.tokens, (await generate(decoder(binding), ids, 4)).tokens, `edit ${edit}`);
        reused += found.reusedTokens;
      }
      assert.ok(reused > 1000);
    });

    it('leaves an exact cache when cancelled in the middle of a prompt', async () => {
      const ids = randomIds(3, 150);
      const expected = await generate(decoder(native), ids, 8);
      const used = decoder(native);
      let left = 2;
      const step = () =>
        --left < 0 ? Promise.reject(new EngineError('cancelled', 'typed on')) : Promise.resolve(undefined);
      await assert.rejects(generate(used, ids, 8, step), EngineError);
      const resumed = await generate(used, ids, 8);
      assert.ok(resumed.reusedTokens > 0);
      assert.deepEqual(resumed.tokens, expected.tokens);
    });

    it('lets the thread do other things while it runs', async () => {
      let turns = 0;
      let running = true;
      const turn = () => {
        turns++;
        if (running) setImmediate(turn);
      };
      setImmediate(turn);
      // Without a step between runs, only the runs themselves leave the thread; one makes up to four tokens.
      const { tokens } = await generate(decoder(native), randomIds(4, 60), 40);
      running = false;
      assert.ok(turns >= tokens.length / 4, `${turns} turns`);
    });

    it('writes the same with two threads', async () => {
      const two = await Decoder.open(folder, { threads: 2 });
      const ids = randomIds(5, 100);
      const found = await generate(two, ids, 8);
      await two.dispose();
      assert.deepEqual(found.tokens, (await generate(decoder(native), ids, 8)).tokens);
      await assert.rejects(generate(two, ids, 8), (error) => error instanceof EngineError && error.code === 'runtime');
    });

    it('says why a run failed, and runs on', async () => {
      const { session } = native;
      await assert.rejects(
        session.run({}, {}),
        (error) =>
          error instanceof EngineError && error.code === 'runtime' && error.message.includes('nothing is given for'),
      );
      const ids = session.tensor('int64', BigInt64Array.of(1n), [1, 1]);
      const flat = session.tensor('float32', new Float32Array(4), [4]);
      const wrong = Object.fromEntries(
        [...session.inputs.keys(), ...session.outputs.keys()].map((key) => [key, key === 'input_ids' ? ids : flat]),
      );
      await assert.rejects(
        session.run(wrong, wrong),
        (error) => error instanceof EngineError && error.code === 'runtime',
      );
      assert.equal((await generate(decoder(native), randomIds(6, 20), 4)).tokens.length, 4);
    });

    it('tells inputs and outputs as the binding does', () => {
      for (const [key, value] of binding.session.inputs) {
        const same = native.session.inputs.get(key);
        if (same)
          assert.deepEqual(
            { type: same.type, rank: same.shape.length },
            { type: value.type, rank: value.shape.length },
          );
      }
      assert.equal(native.session.inputs.get('input_ids')!.type, 'int64');
      assert.ok(native.session.outputs.has('logits'));
    });

    it('reads a damaged graph as the binding does', async () => {
      const backend = await nativeBackend();
      assert.ok(backend.works);
      const bytes = readFileSync(folder.graph).subarray(0, 500);
      await assert.rejects(
        backend.open({ path: 'damaged.onnx', bytes, folder: path }, { threads: 1 }),
        (error) =>
          error instanceof EngineError &&
          error.code === 'modelInvalid' &&
          error.message.includes('cannot load damaged.onnx: '),
      );
    });
  });
}
