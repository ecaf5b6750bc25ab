import assert from 'node:assert/strict';
import { availableParallelism } from 'node:os';
import { setTimeout } from 'node:timers/promises';
import { moduleBytes } from '../../../../src/indexer/vectors/kernel';
import type { Kernel } from '../../../../src/indexer/vectors/kernel';
import { SecondThread } from '../../../../src/indexer/vectors/secondThread';
import type { Scannable } from '../../../../src/indexer/vectors/secondThread';
import { Shelves } from '../../../../src/indexer/vectors/shelf';
import { canShare, webAssembly } from '../../../../src/indexer/vectors/webassembly';
import type { WasmMemory } from '../../../../src/indexer/vectors/webassembly';
import { createRandom } from '../../../support/random';

const dimension = 4_096;
const random = createRandom(21);
const vector = (): Int8Array => Int8Array.from({ length: dimension }, () => Math.floor(random() * 255) - 127);

/** Vectors on several shelves. */
function made(): Shelves {
  const shelves = new Shelves(dimension);
  const rows = Array.from({ length: 50 }, vector);
  for (let index = 0; index < 5_000; index++)
    shelves.add(rows[index % rows.length]!.fill((index % 255) - 127, index % dimension, (index % dimension) + 3));
  return shelves;
}

function numbersOf(shelves: Shelves, query: Int8Array): (number | undefined)[] {
  const found = shelves.found(query);
  return Array.from({ length: found.length }, (_, row) => found.at(row));
}

/** The same shelves; how often they are scanned by this thread is counted. */
function counted(all: readonly Scannable[]): { readonly shelves: readonly Scannable[]; readonly own: () => number } {
  let own = 0;
  const shelves = all.map((shelf): Scannable => ({
    shared: shelf.shared,
    bytes: shelf.bytes,
    places: () => shelf.places(),
    scan: () => {
      own++;
      shelf.scan();
    },
  }));
  return { shelves, own: () => own };
}

async function until(isSo: () => boolean): Promise<void> {
  const deadline = performance.now() + 60_000;
  while (!isSo()) {
    assert.ok(performance.now() < deadline);
    await setTimeout(5);
  }
}

describe('a second thread', () => {
  before(function () {
    assert.ok(canShare);
    if (availableParallelism() === 1) this.skip();
  });

  it('finds the same to the bit, alone, together and late', async () => {
    const shelves = made();
    const [before, query] = [vector(), vector()];
    shelves.scan(query);
    const expected = numbersOf(shelves, query);
    const thread = new SecondThread({ least: 0 });
    for (const order of ['it alone', 'together', 'it comes late']) {
      shelves.scan(before);
      const { shelves: all, own } = counted(shelves.prepare(query));
      assert.ok(all.length > 2);
      const finish = thread.begin(() => all);
      // The last one of them is done last.
      if (order === 'it alone') await until(() => numbersOf(shelves, query).at(-1) === expected.at(-1));
      finish();
      if (order === 'it alone') assert.equal(own(), 0);
      finish();
      assert.deepEqual(numbersOf(shelves, query), expected, order);
      if (order === 'together') thread.end();
    }
    // What nobody has waited for is finished before the next one begins.
    thread.begin(() => shelves.prepare(before));
    thread.begin(() => shelves.prepare(query))();
    assert.deepEqual(numbersOf(shelves, query), expected);
    thread.end();
  });

  it('is not started for what is scanned in no time, nor where memory cannot be shared', () => {
    const shelves = made();
    const query = vector();
    const thread = new SecondThread();
    const { shelves: all, own } = counted(shelves.prepare(query));
    thread.begin(() => all)();
    const greedy = new SecondThread({ least: 0 });
    greedy.begin(() => all.map((shelf) => ({ ...shelf, shared: undefined })))();
    assert.equal(own(), all.length * 2);
    assert.ok(!thread.isRunning && !greedy.isRunning);
  });

  it('ends when something that it knows has gone, and another one goes on', () => {
    const shelves = made();
    const query = vector();
    shelves.scan(query);
    const expected = numbersOf(shelves, query);
    const thread = new SecondThread({ least: 0 });
    thread.begin(() => shelves.prepare(query));
    thread.forget(counted(shelves.prepare(query)).shelves[0]!);
    assert.ok(thread.isRunning);
    thread.forget(shelves.prepare(query)[0]!);
    assert.ok(!thread.isRunning);
    thread.begin(() => shelves.prepare(query))();
    assert.ok(thread.isRunning);
    assert.deepEqual(numbersOf(shelves, query), expected);
    thread.end();
  });

  it('is not waited for when it has taken something and does nothing, nor tried again', async () => {
    const shelves = made();
    const query = vector();
    shelves.scan(query);
    const expected = numbersOf(shelves, query);
    shelves.scan(vector());
    // Where no query is as long as that.
    const mark = 40_000;
    const taken = (): boolean =>
      new Int8Array((shelves.prepare(query)[0]!.shared!.memory as WasmMemory).buffer)[mark] === 1;
    const idle = `
      require('node:worker_threads').parentPort.on('message', ({ added, claims }) => {
        Atomics.add(claims, 0, 1);
        new Int8Array(added[0].memory.buffer)[${mark}] = 1;
      });
    `;
    const failing = `require('node:worker_threads').parentPort.on('message', () => { throw new Error('as a test'); });`;
    for (const script of [idle, failing]) {
      const thread = new SecondThread({ least: 0, patience: 1, script });
      const finish = thread.begin(() => shelves.prepare(query));
      await until(() => (script === idle ? taken() : !thread.isRunning));
      finish();
      assert.deepEqual(numbersOf(shelves, query), expected);
      thread.begin(() => shelves.prepare(query))();
      assert.ok(!thread.isRunning);
    }
  });

  it('has a kernel for memory that is not shared as well', () => {
    const memory = new webAssembly.Memory({ initial: 2, maximum: 2, shared: false });
    const kernel = new webAssembly.Instance(new webAssembly.Module(moduleBytes(16, false)), { host: { memory } })
      .exports as Kernel;
    new Int8Array(memory.buffer).fill(2, 0, 32);
    assert.equal(kernel.dot(0, 16), 64);
  });
});
