import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Decoder } from '../../src/engine/decoder/decoder';
import type { Generated } from '../../src/engine/decoder/decoder';
import { openDecoderSession } from '../../src/engine/decoder/open';
import type { Backend, OpenedSession } from '../../src/engine/decoder/open';
import { EngineError } from '../../src/engine/errors';
import { openModelFolder } from '../../src/engine/models/folder';
import type { DecoderFolder } from '../../src/engine/models/types';
import type { EngineMessage } from '../../src/engine/protocol';
import { nativeBackend } from '../../src/engine/runtime/native/backend';
import { writeOnnx } from '../support/decoderModel/onnx';
import { tiny } from '../support/decoderModel/shape';
import { completeParams, embeddedModel, engineModule } from '../support/engine';
import { createRandom } from '../support/random';

const noPause = () => Promise.resolve();

/** A public 4-bit model, as the exporters for ONNX Runtime write them. */
const publicModel = (folder: string): DecoderFolder => ({
  role: 'decoder', path: folder, name: 'tiny', cacheOutputs: 'copy', contextLength: tiny.contextLength, vocabularySize: tiny.vocabulary,
  graph: writeOnnx(folder, tiny, 'beside'), tokenizer: {}, tokenizerConfig: undefined, promptLayout: 'left-to-right', tokens: {}, stopTokens: [],
});

const models = [
  { name: 'the embedded decoder', open: () => openModelFolder(embeddedModel) },
  { name: 'a public 4-bit decoder', open: (folder: string) => Promise.resolve(publicModel(folder)) },
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
        if (message.kind === 'ready') engine.send({ kind: 'request', id: 1, method: 'complete', priority: 'completion', params: completeParams() });
        if (message.kind === 'result' || message.kind === 'error') resolve(message);
        if (message.kind === 'log') reject(new Error(message.message));
      });
    });
    assert.equal(answer.kind, 'result');
  } finally {
    engine.kill('SIGKILL');
  }
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
      const load = (backend: Backend) => openDecoderSession(folder, { threads: 1, backend, log: (line) => lines.push(line) });
      [native, binding] = await Promise.all([load('auto'), load('binding')]);
    });
    after(async () => {
      await Promise.all([native.session.dispose(), binding.session.dispose()]);
      rmSync(path, { recursive: true });
    });

    const decoder = ({ session, cacheForm }: OpenedSession) => new Decoder(session, folder, cacheForm);
    const generate = (used: Decoder, prompt: readonly number[], maxTokens: number, step = noPause): Promise<Generated> =>
      used.generate({ prompt, maxTokens, stopIds: new Set(), forbiddenIds: [] }, step);
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
      const step = () => (--left < 0 ? Promise.reject(new EngineError('cancelled', 'typed on')) : Promise.resolve());
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
      // Without a step between runs, only the runs themselves leave the thread.
      const { tokens } = await generate(decoder(native), randomIds(4, 60), 4);
      running = false;
      assert.ok(turns > tokens.length, `${turns} turns`);
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
      await assert.rejects(session.run({}, {}), (error) => error instanceof EngineError && error.code === 'runtime' && error.message.includes('nothing is given for'));
      const ids = session.tensor('int64', BigInt64Array.of(1n), [1, 1]);
      const flat = session.tensor('float32', new Float32Array(4), [4]);
      const wrong = Object.fromEntries([...session.inputs.keys(), ...session.outputs.keys()].map((key) => [key, key === 'input_ids' ? ids : flat]));
      await assert.rejects(session.run(wrong, wrong), (error) => error instanceof EngineError && error.code === 'runtime');
      assert.equal((await generate(decoder(native), randomIds(6, 20), 4)).tokens.length, 4);
    });

    it('tells inputs and outputs as the binding does', () => {
      for (const [key, value] of binding.session.inputs) {
        const same = native.session.inputs.get(key);
        if (same) assert.deepEqual({ type: same.type, rank: same.shape.length }, { type: value.type, rank: value.shape.length });
      }
      assert.equal(native.session.inputs.get('input_ids')!.type, 'int64');
      assert.ok(native.session.outputs.has('logits'));
    });

    it('reads a damaged graph as the binding does', async () => {
      const backend = await nativeBackend();
      assert.ok(backend.works);
      const bytes = readFileSync(folder.graph).subarray(0, 500);
      await assert.rejects(backend.open({ path: 'damaged.onnx', bytes, folder: path }, { threads: 1 }), (error) =>
        error instanceof EngineError && error.code === 'modelInvalid' && error.message.includes('cannot load damaged.onnx: '));
    });
  });
}
