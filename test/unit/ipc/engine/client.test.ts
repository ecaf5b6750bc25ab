import assert from 'node:assert/strict';
import { existsSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { EngineClient } from '../../../../src/ipc/engine/client';
import type { EngineState, EngineTimeouts } from '../../../../src/ipc/engine/client';
import type { EngineError } from '../../../../src/ipc/engine/errors';
import type { RequestOptions } from '../../../../src/ipc/engine/pendingRequest';
import { bundle } from '../../../support/bundle';

/** A process starts in under 0.1 s; on a busy machine everything may take longer. */
const timeouts: EngineTimeouts = { ready: 8_000, grace: 300 };

describe('engine client', () => {
  let modulePath: string;
  let client: EngineClient;
  let lines: string[];
  let states: EngineState[];

  const create = (more: Partial<EngineTimeouts> = {}, path = modulePath) =>
    new EngineClient({
      modulePath: path,
      threads: () => 1,
      log: (level, message) => lines.push(`${level}: ${message}`),
      onState: (state) => states.push(state),
      timeouts: { ...timeouts, ...more },
    });
  /** Asks the fake engine to do something: see its `behaviours`. */
  const ask = (behaviour: string, options: Partial<RequestOptions<'complete'>> = {}, from = client) =>
    from.request(
      'complete',
      { model: '/m', path: 'a.ts', context: [], prefix: behaviour, suffix: '', mode: 'line', maxTokens: 1 },
      { priority: 'completion', ...options },
    );
  const deaths = () => lines.filter((line) => line.includes('ended'));
  const until = async (condition: () => boolean) => {
    while (!condition()) await new Promise((resolve) => setTimeout(resolve, 2));
  };
  const pid = () => {
    assert.ok(client.state.kind === 'ready');
    return client.state.pid;
  };

  before(async () => {
    modulePath = await bundle('test/support/fakeEngine.ts');
  });

  after(() => rmSync(dirname(modulePath), { recursive: true }));

  beforeEach(() => {
    lines = [];
    states = [];
    client = create();
  });

  afterEach(() => {
    client.dispose();
    delete process.env.FAKE_ENGINE_START;
    delete process.env.FAKE_ENGINE_SILENT_S;
  });

  it('starts nothing before the first request, then one process for all', async () => {
    assert.deepEqual(client.state, { kind: 'stopped' });
    const results = await Promise.all(['answer a', 'answer b', 'answer c'].map((behaviour) => ask(behaviour)));
    assert.deepEqual(
      results.map(({ text }) => text),
      ['a', 'b', 'c'],
    );
    assert.deepEqual(states, [{ kind: 'starting' }, { kind: 'ready', pid: pid(), loading: false }]);
  });

  it('keeps typed arrays as they are', async () => {
    assert.deepEqual((await ask('answer a')).promptIds, Int32Array.of(1, 2, 3));
  });

  it('hands on the error that the engine answers', async () => {
    await assert.rejects(ask('fail There is no such folder.'), {
      code: 'modelMissing',
      message: 'There is no such folder.',
    });
  });

  it('refuses parameters that do not fit, without starting a process', async () => {
    await assert.rejects(ask('x'.repeat(100_000)), { code: 'invalid' });
    assert.deepEqual(states, []);
  });

  it('drops what the engine should not have said, with a line in the log each, and rejects a wrong result', async () => {
    await assert.rejects(ask('talkNonsense'), {
      code: 'invalid',
      message: /^The result of complete: tokens is missing\.$/,
    });
    assert.equal(lines.filter((line) => line.startsWith('warn')).length, 3, lines.join('\n'));
    assert.equal((await ask('answer again')).text, 'again');
  });

  describe('cancellation', () => {
    it('rejects at once and tells the engine', async () => {
      await ask('answer');
      const controller = new AbortController();
      const request = ask('wait', { signal: controller.signal });
      controller.abort();
      await assert.rejects(request, { code: 'cancelled' });
      await until(() => lines.some((line) => /^info: cancelled \d+$/.test(line)));
    });

    it('rejects a request whose signal is aborted before', async () => {
      await assert.rejects(ask('answer', { signal: AbortSignal.abort() }), { code: 'cancelled' });
      assert.deepEqual(states, []);
    });

    it('also rejects while the process is starting, and does not ask afterwards', async () => {
      const controller = new AbortController();
      const dropped = ask('die', { signal: controller.signal });
      controller.abort();
      await assert.rejects(dropped, { code: 'cancelled' });
      assert.equal((await ask('answer')).text, '');
      assert.deepEqual(deaths(), []);
    });
  });

  describe('deadline', () => {
    it('ends a process that hangs, names what it hung at, and serves the next request with a new one', async () => {
      process.env.FAKE_ENGINE_SILENT_S = '2';
      await ask('answer');
      const hung = pid();
      await assert.rejects(ask('hang', { deadlineMs: 50 }), { code: 'deadline' });
      await until(() => deaths().length > 0);
      assert.equal((await ask('answer on')).text, 'on');
      assert.notEqual(pid(), hung);
      assert.match(
        deaths()[0]!,
        new RegExp(
          `^warn: Engine process ${hung} ended while it worked on complete: its main thread did not answer for 2 s\\.`,
        ),
      );
    });

    it('lets a healthy process live while the host itself is blocked', async () => {
      await ask('answer');
      const healthy = pid();
      const asked = [ask('later one', { deadlineMs: 200 }), ask('later two', { deadlineMs: 200 })];
      // The answers are in the pipe long before the host looks at its clock.
      await new Promise((resolve) => setTimeout(resolve, 10));
      block(2_000);
      assert.deepEqual(
        (await Promise.all(asked)).map(({ text }) => text),
        ['one', 'two'],
      );
      assert.equal(pid(), healthy);
      assert.deepEqual(deaths(), []);
    });

    it('lets a process live that was stopped for a while, as all are when a machine sleeps', async function () {
      if (process.platform === 'win32') this.skip();
      process.env.FAKE_ENGINE_SILENT_S = '2';
      await ask('answer');
      const stopped = pid();
      process.kill(stopped, 'SIGSTOP');
      await new Promise((resolve) => setTimeout(resolve, 4_000));
      process.kill(stopped, 'SIGCONT');
      assert.equal((await ask('answer on')).text, 'on');
      await new Promise((resolve) => setTimeout(resolve, 1_500));
      assert.equal(pid(), stopped);
      assert.deepEqual(deaths(), []);
    });

    it('takes no accelerator from the next process where one hung, only where one died', async () => {
      process.env.FAKE_ENGINE_SILENT_S = '1';
      const accused = () => lines.filter((line) => line.includes('ended while it used webgpu'));
      await ask('use webgpu');
      await assert.rejects(ask('hang', { deadlineMs: 50 }), { code: 'deadline' });
      await until(() => deaths().length > 0);
      assert.notEqual((await ask('argument --lost')).text, 'webgpu');
      assert.deepEqual(accused(), []);
      await ask('use webgpu');
      await assert.rejects(ask('dieSaying driver lost'));
      assert.equal(accused().length, 1);
    });

    it('waits for a process that is opening a model', async () => {
      process.env.FAKE_ENGINE_SILENT_S = '1';
      await ask('answer');
      await assert.rejects(ask('loadLong', { deadlineMs: 1 }), { code: 'deadline' });
      assert.equal((await ask('answer on')).text, 'on');
      assert.ok(states.some((state) => state.kind === 'ready' && state.loading));
      assert.deepEqual(deaths(), []);
    });
  });

  describe('what processes have died of', () => {
    it('is not asked again, whoever asks, before a restart', async () => {
      await assert.rejects(ask('die'), { code: 'engineDied' });
      await ask('answer');
      await assert.rejects(ask('die'), { code: 'engineDied', message: /has ended twice .* not asked again/ });
      assert.equal(deaths().length, 2);
      client.restart();
      await assert.rejects(ask('die'), { code: 'engineDied', message: /^The engine ended twice while/ });
      assert.equal(deaths().length, 4);
    });

    it('is known also where the one who asked waited no longer', async () => {
      const marker = join(dirname(modulePath), 'ready');
      for (let round = 0; round < 2; round++) {
        await ask('answer');
        const controller = new AbortController();
        const asked = ask(`dieWithout ${marker}`, { signal: controller.signal });
        await until(() => existsSync(marker));
        controller.abort();
        await assert.rejects(asked, { code: 'cancelled' });
        rmSync(marker);
        await until(() => deaths().length === round + 1);
        assert.match(deaths()[round]!, /ended while it worked on complete/);
      }
      await assert.rejects(ask(`dieWithout ${marker}`), { code: 'engineDied', message: /not asked again/ });
    });

    it('is found among texts that are embedded together, and the others are embedded', async () => {
      const embed = async (...texts: string[]) =>
        (await client.request('embed', { model: '/m', kind: 'document', texts }, { priority: 'index' })).vectors.length;
      await assert.rejects(embed('one', 'die', 'two'), { code: 'engineDied' });
      assert.equal(await embed('one'), 1);
      await assert.rejects(embed('die'), { code: 'engineDied' });
      assert.equal(await embed('one', 'two'), 2);
      await assert.rejects(embed('two', 'die'), { code: 'engineDied', message: /not asked again/ });
      assert.equal(deaths().length, 3);
    });
  });

  describe('death', () => {
    it('tries the running request again once, then says why it failed', async () => {
      await assert.rejects(ask('dieSaying Error: no memory left'), {
        code: 'engineDied',
        message: 'The engine ended twice while it worked on complete: exit code 3: Error: no memory left.',
      });
      assert.equal(deaths().length, 2);
    });

    it('is followed by a process that leaves out the native interface, until something was served', async () => {
      const backend = async () => (await ask('argument --backend')).text;
      assert.equal(await backend(), 'auto');
      await assert.rejects(ask('die'));
      assert.equal(await backend(), 'binding');
      client.restart();
      assert.equal(await backend(), 'auto');
    });

    it('loses nothing of those that wait behind a deadly one', async () => {
      await ask('answer');
      const deadly = assert.rejects(ask('die'), { code: 'engineDied' });
      assert.equal((await ask('later but served')).text, 'but served');
      await deadly;
      assert.equal(deaths().length, 2);
    });

    it('never streams a piece of text twice', async () => {
      const pieces: string[] = [];
      const marker = join(dirname(modulePath), 'died');
      const { text } = await ask(`streamDyingOnce ${marker} const total = 1;`, {
        onEvent: (event) => pieces.push(event.text),
      });
      assert.deepEqual(pieces, ['const', 'total', '=', '1;']);
      assert.equal(text, pieces.join(''));
      assert.equal(deaths().length, 1);
    });

    it('stops with a reason after three in a row, and restart() recovers', async () => {
      await assert.rejects(ask('die'), { code: 'engineDied' });
      await assert.rejects(ask('die too'), {
        code: 'engineStopped',
        message: /ended 3 times in a row.*signal SIGKILL/,
      });
      assert.equal(client.state.kind, 'failed');
      assert.equal(deaths().length, 3);
      assert.match(deaths()[2]!, /^error: .* It is not started again/);
      await assert.rejects(ask('answer'), { code: 'engineStopped' });
      client.restart();
      assert.equal((await ask('answer back')).text, 'back');
    });

    it('counts anew after a request that was served, but five within three minutes are enough', async () => {
      for (let round = 0; round < 2; round++) {
        await assert.rejects(ask(`die ${round}`), { code: 'engineDied' });
        await ask('answer');
      }
      assert.equal(deaths().length, 4);
      assert.equal(client.state.kind, 'ready');
      await assert.rejects(ask('die now'), { code: 'engineStopped', message: /ended 5 times within 3 minutes/ });
      assert.equal(client.state.kind, 'failed');
      client.restart();
      assert.equal((await ask('answer back')).text, 'back');
    });

    it('of an idle process is logged, and the next request starts another', async () => {
      await ask('answer');
      process.kill(pid(), 'SIGKILL');
      await until(() => client.state.kind === 'stopped');
      assert.equal((await ask('answer back')).text, 'back');
      assert.equal(deaths().length, 1);
    });

    it('is told from a restart that was asked for: what runs is asked again, nothing is logged', async () => {
      await ask('answer');
      const running = ask('later again');
      const old = pid();
      client.restart();
      assert.equal((await running).text, 'again');
      assert.notEqual(pid(), old);
      assert.deepEqual(deaths(), []);
    });
  });

  describe('start', () => {
    const stops = async (sentence: RegExp) => {
      const reject = (error: EngineError) => error.code === 'engineStopped' && sentence.test(error.message);
      await assert.rejects(ask('answer'), reject);
      assert.equal(client.state.kind, 'failed');
    };

    it('fails with the reason of a process that cannot start', async () => {
      process.env.FAKE_ENGINE_START = 'crash';
      await stops(/exit code 1: Error: no room for the model/);
      assert.equal(deaths().length, 3);
    });

    it('fails when there is no such file', async () => {
      client = create({}, '/nowhere/engine.js');
      await stops(/Cannot find module/);
    });

    it('fails at once, saying what to do, when the process speaks another version', async () => {
      process.env.FAKE_ENGINE_START = 'otherVersion';
      await stops(/^The engine is stopped: protocol version \d+ where version \d+ is needed; reinstall Glassbox\. Use/);
      assert.equal(deaths().length, 1);
    });

    it('fails when the process never gets ready', async () => {
      client = create({ ready: 100 });
      process.env.FAKE_ENGINE_START = 'silence';
      await stops(/no sign of life within 0\.1 s/);
    });

    it('drops what a process says before it is ready', async () => {
      process.env.FAKE_ENGINE_START = 'early';
      assert.equal((await ask('answer')).text, '');
      assert.deepEqual(
        lines.filter((line) => line.startsWith('warn')),
        ['warn: The engine process spoke before it was ready.'],
      );
    });
  });

  it('ends the process and every request when disposed', async () => {
    await ask('answer');
    const process_ = pid();
    const running = ask('wait');
    client.dispose();
    await assert.rejects(running, { code: 'cancelled' });
    await assert.rejects(ask('answer'), { code: 'cancelled' });
    await until(() => !isAlive(process_));
    assert.deepEqual(deaths(), []);
  });
});

/** Keeps this thread, which is the host's, from hearing anything. */
function block(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
