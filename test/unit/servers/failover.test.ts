import assert from 'node:assert/strict';
import fc from 'fast-check';
import { ServerError } from '../../../src/servers/errors';
import { Failover, triedBesideMs, triedForMs } from '../../../src/servers/failover';
import type { FailoverOptions, SourcedAnswer } from '../../../src/servers/failover';
import { HttpClient } from '../../../src/servers/http/client';
import { lateAfterMs } from '../../../src/servers/race';
import { ServerClient } from '../../../src/servers/serverClient';
import { startFakeServer } from '../../support/fakeServer';

/** An answer that comes, or does not, when the test says so. */
interface Pending {
  readonly request: number;
  readonly signal: AbortSignal;
  readonly onPiece: () => void;
  readonly resolve: (answer: string) => void;
  readonly reject: (error: Error) => void;
}

/** Both models, and a clock, in the hands of a test. */
class Stage {
  now = 0;
  readonly server: Pending[] = [];
  readonly local: Pending[] = [];
  readonly changes: ('back' | { readonly left: string })[] = [];
  #timers: { readonly at: number; readonly callback: () => void }[] = [];
  readonly failover: Failover<number, string>;

  constructor(options: Partial<FailoverOptions<number, string>> = {}) {
    const into =
      (list: Pending[]) =>
      (request: number, signal: AbortSignal, onPiece = () => {}) =>
        new Promise<string>((resolve, reject) => {
          list.push({ request, signal, onPiece, resolve, reject });
          const cancelled = () => reject(new ServerError('cancelled', 'It is cancelled.'));
          signal.addEventListener('abort', cancelled);
        });
    this.failover = new Failover<number, string>({
      askServer: into(this.server),
      askLocal: into(this.local),
      onChange: (change) => this.changes.push(change),
      now: () => this.now,
      random: () => 1,
      after: (ms, callback) => {
        const timer = { at: this.now + ms, callback };
        this.#timers.push(timer);
        return () => (this.#timers = this.#timers.filter((other) => other !== timer));
      },
      ...options,
    });
  }

  async pass(ms: number): Promise<void> {
    this.now += ms;
    const due = this.#timers.filter(({ at }) => at <= this.now);
    this.#timers = this.#timers.filter(({ at }) => at > this.now);
    for (const { callback } of due) callback();
    await settle();
  }
}

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const error = (code: ServerError['code'] = 'failed') => new ServerError(code, `It is ${code}.`);

describe('servers/failover', () => {
  it('shows the server’s answer, and leaves the local model alone', async () => {
    const stage = new Stage();
    const answer = stage.failover.answer(1);
    stage.server[0]?.resolve('text');
    assert.deepEqual(await answer, { answer: 'text', source: 'server' });
    await stage.pass(lateAfterMs);
    assert.equal(stage.local.length, 0);
  });

  it('has the local model answer when the server hangs, and cancels the server then', async () => {
    const stage = new Stage();
    const answer = stage.failover.answer(1);
    await stage.pass(lateAfterMs - 1);
    assert.equal(stage.local.length, 0);
    await stage.pass(1);
    stage.local[0]?.resolve('mine');
    assert.deepEqual(await answer, { answer: 'mine', source: 'local' });
    assert.equal(stage.server[0]?.signal.aborted, true);
  });

  it('has it answer at once when the server fails, says so once, and tries the server beside it later', async () => {
    const stage = new Stage();
    for (let request = 1; request <= 3; request++) {
      const answer = stage.failover.answer(request);
      stage.server[request - 1]?.reject(error());
      await settle();
      stage.local[request - 1]?.resolve('mine');
      assert.equal((await answer)?.source, 'local');
    }
    assert.equal(stage.server.length, 1);
    assert.deepEqual(stage.changes, [{ left: 'It is failed.' }]);
    await stage.pass(1_000);
    const tried = stage.failover.answer(4);
    assert.equal(stage.server.length, 2);
    stage.local.at(-1)?.resolve('mine');
    assert.equal((await tried)?.source, 'local');
    stage.server[1]?.resolve('late, but there');
    await settle();
    assert.deepEqual(stage.changes.at(-1), 'back');
    void stage.failover.answer(5);
    assert.equal(stage.server.length, 3);
  });

  it('does not come back to a server that hangs while it is tried', async () => {
    const stage = new Stage();
    void stage.failover.answer(1);
    stage.server[0]?.reject(error());
    await settle();
    await stage.pass(1_000);
    void stage.failover.answer(2);
    assert.equal(stage.server.length, 2);
    stage.local.at(-1)?.resolve('mine');
    await settle();
    await stage.pass(triedForMs);
    // Nobody would end it any more.
    assert.equal(stage.server[1]?.signal.aborted, true);
    stage.server[1].resolve('much too late');
    await settle();
    assert.equal(stage.failover.health.phase, 'resting');
    assert.equal(stage.changes.length, 1);
  });

  it('comes back to a server that is in time, though the user types faster than it writes', async () => {
    for (const leave of [false, true]) {
      const stage = await left();
      const place = new AbortController();
      const tried = stage.failover.answer(2, place.signal);
      await stage.pass(100);
      if (leave) place.abort();
      else void stage.failover.answer(3);
      assert.equal(await tried, undefined);
      assert.deepEqual([stage.server[1]?.signal.aborted, stage.local[1]?.signal.aborted], [false, true]);
      await stage.pass(triedForMs - 101);
      stage.server[1]?.onPiece();
      await stage.pass(triedForMs - 1);
      stage.server[1]?.resolve('of a place that is left');
      await settle();
      assert.equal(stage.changes.at(-1), 'back');
      void stage.failover.answer(4);
      assert.deepEqual(stage.server.at(-1)?.request, 4);
    }
  });

  it('gives one that shares the processor with the local model more time while it is tried', async () => {
    const stage = await left({ triedFor: triedBesideMs });
    void stage.failover.answer(2);
    await stage.pass(triedForMs);
    stage.local.at(-1)?.resolve('mine');
    await settle();
    await stage.pass(triedBesideMs - triedForMs - 1);
    stage.server[1]?.resolve('beside it');
    await settle();
    assert.equal(stage.changes.at(-1), 'back');
  });

  it('shows what a server that is tried late has to say where the local model has nothing yet', async () => {
    const stage = await left();
    const answer = stage.failover.answer(2);
    await stage.pass(triedForMs);
    stage.server[1]?.resolve('late, but first');
    assert.deepEqual(await answer, { answer: 'late, but first', source: 'server' });
    assert.equal(stage.failover.health.phase, 'resting');
  });

  it('ends what a server is tried by where that is late and its place left, and with all else', async () => {
    for (const how of ['type', 'leave', 'dispose'] as const) {
      const stage = await left();
      const place = new AbortController();
      void stage.failover.answer(2, place.signal);
      if (how === 'type') void stage.failover.answer(3);
      if (how === 'leave') place.abort();
      if (how === 'dispose') stage.failover.dispose();
      else {
        await stage.pass(triedForMs - 1);
        assert.equal(stage.server[1]?.signal.aborted, false);
        await stage.pass(1);
      }
      await settle();
      assert.equal(stage.server[1]?.signal.aborted, true);
      assert.equal(stage.failover.health.phase, 'resting');
      assert.equal(stage.changes.length, 1);
    }
  });

  /** Of a server that has failed and may be tried. */
  async function left(options: Partial<FailoverOptions<number, string>> = {}): Promise<Stage> {
    const stage = new Stage(options);
    void stage.failover.answer(1);
    stage.server[0]?.reject(error());
    await settle();
    await stage.pass(1_000);
    return stage;
  }

  it('leaves a server that hangs each time, though nobody waits for it to the end', async () => {
    const stage = new Stage();
    for (let request = 1; request <= 3; request++) {
      const answer = stage.failover.answer(request);
      await stage.pass(lateAfterMs);
      stage.local.at(-1)?.resolve('mine');
      await answer;
    }
    assert.match((stage.changes[0] as { left: string }).left, /too slow/);
    assert.equal(stage.failover.health.phase, 'resting');
  });

  it('waits for a server that writes, but not for one that writes in drops', async () => {
    const stage = new Stage();
    void stage.failover.answer(1);
    for (let ms = 0; ms < 1_900; ms += 300) {
      stage.server[0]?.onPiece();
      await stage.pass(300);
    }
    assert.equal(stage.local.length, 0);
    for (let ms = 0; ms < 900; ms += 300) {
      stage.server[0]?.onPiece();
      await stage.pass(300);
    }
    assert.equal(stage.local.length, 1);
  });

  it('gives no answer where neither has one, and where the user has left', async () => {
    const stage = new Stage();
    const answer = stage.failover.answer(1);
    stage.server[0]?.reject(error('busy'));
    await settle();
    stage.local[0]?.reject(new Error('No model.'));
    assert.equal(await answer, undefined);
    const controller = new AbortController();
    const left = stage.failover.answer(2, controller.signal);
    controller.abort();
    assert.equal(await left, undefined);
    assert.equal(stage.local[1]?.signal.aborted, true);
    assert.equal(await stage.failover.answer(3, AbortSignal.abort()), undefined);
    const disposed = stage.failover.answer(4);
    stage.failover.dispose();
    assert.equal(await disposed, undefined);
  });

  it('shows nothing of a place left behind, in ten thousand sequences with a slow, lying, out-of-order server', async () => {
    const happening = fc.oneof(
      { weight: 3, arbitrary: fc.constant({ kind: 'type' } as const) },
      { weight: 1, arbitrary: fc.constant({ kind: 'leave' } as const) },
      { weight: 2, arbitrary: fc.nat(1_500).map((ms) => ({ kind: 'pass', ms }) as const) },
      {
        weight: 5,
        arbitrary: fc.record({
          kind: fc.constant('answer' as const),
          server: fc.boolean(),
          which: fc.nat(8),
          how: fc.constantFrom('text', 'error', 'busy', 'piece'),
        }),
      },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(happening, { maxLength: 14 }), async (happenings) => {
        const stage = new Stage();
        let place = 0;
        let leave = new AbortController();
        let isWanted = false;
        const promises: Promise<unknown>[] = [];
        for (const event of happenings) {
          if (event.kind === 'type') {
            const asked = ++place;
            leave = new AbortController();
            isWanted = true;
            const shown = (answer: SourcedAnswer<string> | undefined): void => {
              if (answer === undefined) return;
              assert.equal(asked, place, 'The place was left.');
              assert.ok(isWanted, 'Nothing was wanted.');
              assert.equal(answer.answer, `of ${asked}`);
            };
            promises.push(stage.failover.answer(asked, leave.signal).then(shown));
          } else if (event.kind === 'leave') {
            isWanted = false;
            leave.abort();
          } else if (event.kind === 'pass') await stage.pass(event.ms);
          else {
            const list = event.server ? stage.server : stage.local;
            const one = list.at(-1 - event.which) ?? list.at(-1);
            if (event.how === 'text') one?.resolve(`of ${one.request}`);
            else if (event.how === 'piece') one?.onPiece();
            else one?.reject(error(event.how === 'busy' ? 'busy' : 'failed'));
          }
          await settle();
        }
        isWanted = false;
        stage.failover.dispose();
        await Promise.all(promises);
        // Leaving and coming back are told in turns.
        stage.changes.forEach((change, at) => assert.equal(change === 'back', at % 2 === 1));
      }),
      { numRuns: 10_000 },
    );
  });

  it('answers from the local model when a server takes requests and says nothing', async () => {
    const server = await startFakeServer('llama.cpp', { hangs: true });
    const client = new ServerClient(new HttpClient({ address: server.address }), { name: 'm', fill: 'infill' });
    const request = { path: 'a.ts', context: [], prefix: 'return ', suffix: '', maxTokens: 9, stop: [] };
    const failover = new Failover<typeof request, string>({
      askServer: async (asked, signal, onText) => (await client.fill(asked, { signal, onText })).text,
      askLocal: () => Promise.resolve('mine'),
      onChange: () => {},
    });
    assert.deepEqual(await failover.answer(request), { answer: 'mine', source: 'local' });
    await server.untilAborted();
    server.behaviour = {};
    assert.deepEqual(await failover.answer(request), { answer: 'a + b;', source: 'server' });
    server.behaviour = { status: 500 };
    assert.deepEqual(await failover.answer(request), { answer: 'mine', source: 'local' });
    failover.dispose();
    client.dispose();
    await server.close();
  });
});
