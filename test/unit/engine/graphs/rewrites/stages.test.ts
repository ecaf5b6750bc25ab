import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readGraph } from '../../../../../src/engine/decoder/graph';
import { Network } from '../../../../../src/engine/decoder/network';
import { valueInfo } from '../../../../../src/engine/graphs/elements';
import { DataType } from '../../../../../src/engine/graphs/onnx';
import { prepareGraph } from '../../../../../src/engine/graphs/prepare';
import type { PreparedGraph, PrepareOptions } from '../../../../../src/engine/graphs/prepare';
import type { Stages } from '../../../../../src/engine/graphs/rewrites/stages';
import { openSession, RunInterrupted } from '../../../../../src/engine/runtime/session';
import { StagedSession } from '../../../../../src/engine/runtime/staged';
import type { PartialSession } from '../../../../../src/engine/runtime/staged';
import { folderOf } from '../../../../support/decoderModel/folder';
import { writeOnnx } from '../../../../support/decoderModel/onnx';
import { logitsOfPieces } from '../../../../support/decoderModel/pieces';
import { tiny } from '../../../../support/decoderModel/shape';

const shape = { ...tiny, layers: 5 };
/** Behind a layer each, and in front of the logits. */
const count = shape.layers + 1;
const ids = Int32Array.from({ length: 60 }, (_, at) => (at * 37 + 5) % tiny.vocabulary);

describe('a decoder that is run in stages', () => {
  let folder: string;
  let path: string;

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'stages-'));
    path = writeOnnx(folder, shape, 'inside');
  });
  after(() => rmSync(folder, { recursive: true }));

  const prepare = async (options: Partial<PrepareOptions> = {}): Promise<PreparedGraph> =>
    (await prepareGraph(path, { inPlace: false, roundActivations: true, stages: true, ...options }))!;
  const open = async (graph: PreparedGraph) =>
    (await openSession({ ...graph, path, stages: undefined }, { threads: 1 })) as PartialSession;
  const network = (session: StagedSession | PartialSession) =>
    new Network(session, readGraph(session, folderOf(path, shape)), shape.contextLength);

  const logits = (session: StagedSession | PartialSession, pieces: readonly number[]) =>
    logitsOfPieces(network(session), ids, pieces);

  it('gives the same logits to the bit, a stage at a time, all at once and without any', async () => {
    const pieces = [16, 2, 1, 1, 24, 1];
    for (const packQueries of [false, true]) {
      const plain = await open(await prepare({ packQueries, stages: false }));
      const expected = await logits(plain, pieces);
      await plain.dispose();
      const graph = await prepare({ packQueries });
      assert.equal(graph.stages!.count, count);
      for (const runMs of [0, 1e9]) {
        const staged = new StagedSession(await open(graph), graph.stages!, runMs);
        assert.deepEqual(await logits(staged, pieces), expected);
        await staged.dispose();
      }
    }
  });

  it('shows nothing of its stages', async () => {
    const graph = await prepare();
    const [staged, plain] = [
      await openSession({ ...graph, path }, { threads: 1 }),
      await open(await prepare({ stages: false })),
    ];
    assert.ok(staged.interruptible);
    assert.deepEqual([...staged.inputs.keys()], [...plain.inputs.keys()]);
    assert.deepEqual([...staged.outputs.keys()].sort(), [...plain.outputs.keys()].sort());
    await Promise.all([staged.dispose(), plain.dispose()]);
  });

  it('has several layers in a stage where there are many', async () => {
    const many = join(folder, 'many');
    mkdirSync(many);
    const graph = (await prepareGraph(writeOnnx(many, { ...shape, layers: 40 }, 'inside'), {
      inPlace: false,
      roundActivations: true,
      stages: true,
    }))!;
    assert.equal(graph.stages!.count, 15);
    assert.deepEqual(graph.stages!.outputs[13], ['present.39.key', 'present.39.value']);
    assert.deepEqual(graph.stages!.outputs[14], ['logits']);
  });

  it('ends a run that is interrupted behind the stage that runs, and runs on as if it had not been', async () => {
    const graph = await prepare();
    const whole = await open(graph);
    let fetches = -count;
    const controller = new AbortController();
    const counting: PartialSession = Object.assign(Object.create(whole) as PartialSession, {
      fetch: (...given: Parameters<PartialSession['fetch']>) => {
        if (++fetches === 2) setImmediate(() => controller.abort());
        return whole.fetch(...given);
      },
    });
    const staged = new StagedSession(counting, graph.stages!, 0);
    const expected = await logits(new StagedSession(whole, graph.stages!, 0), [16, 8]);
    const decoder = network(staged);
    const cache = decoder.createCache();
    await decoder.run(cache, ids, { past: 0, rows: 16 });
    assert.equal(fetches, 0);
    await assert.rejects(decoder.run(cache, ids, { past: 16, rows: 8 }, controller.signal), RunInterrupted);
    assert.equal(fetches, 2);
    await assert.rejects(decoder.run(cache, ids, { past: 16, rows: 8 }, controller.signal), RunInterrupted);
    assert.equal(fetches, 2, 'nothing is begun that nobody wants');
    assert.deepEqual((await decoder.run(cache, ids, { past: 16, rows: 8 })).slice(), expected[1]);
    await whole.dispose();
  });

  it('leaves a graph alone that gives something that no stage makes', async () => {
    const lines = {
      change: ({ graph }: { graph: { output: unknown[] } }) =>
        void graph.output.push(valueInfo('glassbox/sequence', DataType.INT64, [])),
    };
    const [graph, plain] = [await prepare(lines), await prepare({ ...lines, stages: false })];
    assert.equal(graph.stages, undefined);
    assert.deepEqual(graph.bytes, plain.bytes);
  });
});

describe('how many stages are run at once', () => {
  const now = performance.now.bind(performance);
  let clock = 0;
  beforeEach(() => {
    performance.now = () => clock;
  });
  afterEach(() => {
    performance.now = now;
  });

  const stages: Stages = {
    count: 16,
    active: 'active',
    given: ['given'],
    givenType: 'float32',
    carried: Array.from({ length: 15 }, (_, stage) => [`carried ${stage}`]),
    outputs: Array.from({ length: 16 }, (_, stage) => (stage === 15 ? ['logits'] : [])),
  };
  /** How many are run each time, of a run of so many rows. */
  async function runs(session: StagedSession, taken: number[], rows: number): Promise<number[]> {
    taken.length = 0;
    await session.run({ input_ids: session.tensor('int64', new BigInt64Array(rows), [1, rows]) });
    return [...taken];
  }

  it('is as many as take no longer than a run may, about as many each time', async () => {
    const taken: number[] = [];
    const machine = { perRow: 1, logits: 1 };
    const fake = {
      inputs: new Map(),
      outputs: new Map(),
      interruptible: false,
      dispose: () => Promise.resolve(),
      tensor: (type: string, data: unknown, dims: readonly number[]) => ({ type, data, dims }),
      fetch: (feeds: Record<string, { data: Uint8Array; dims: readonly number[] }>) => {
        const active = feeds.active!.data.reduce((sum, one) => sum + one, 0);
        taken.push(active);
        clock += (active - feeds.active!.data[15]! * (1 - machine.logits)) * machine.perRow * feeds.input_ids!.dims[1]!;
        return Promise.resolve({});
      },
    } as unknown as PartialSession;
    const session = new StagedSession(fake, stages, 30);
    assert.deepEqual(await runs(session, taken, 8), [1, 3, 3, 3, 3, 3]);
    assert.deepEqual(await runs(session, taken, 8), [3, 3, 3, 3, 2, 2]);
    assert.deepEqual(
      await runs(session, taken, 64),
      Array.from({ length: 16 }, () => 1),
    );
    // What fewer rows take is not known before they are run.
    machine.perRow = 0.1;
    assert.deepEqual(await runs(session, taken, 2), [1, 15]);
    assert.deepEqual(await runs(session, taken, 2), [16]);
    machine.perRow = 10;
    assert.deepEqual(await runs(session, taken, 2), [16]);
    assert.deepEqual(
      await runs(session, taken, 2),
      Array.from({ length: 16 }, () => 1),
    );
    // Logits of one row are done at once, and no sign that other stages are.
    Object.assign(machine, { perRow: 1, logits: 0 });
    assert.deepEqual(await runs(session, taken, 8), [1, 3, 3, 3, 3, 3]);
    assert.deepEqual(await runs(session, taken, 8), [3, 3, 3, 3, 2, 2]);
    assert.deepEqual(await runs(session, taken, 8), [3, 3, 3, 3, 2, 2]);
  });
});
