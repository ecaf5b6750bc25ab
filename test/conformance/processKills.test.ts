import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { bundle } from '../support/bundle';
import { makeFolder } from '../support/folder';
import { IndexHosts, indexModule } from '../support/indexHost';
import { gone, killBusy, served } from '../support/kills';

/** `KILLS=200` is what is promised; `npm run bench -- soak` does as many. */
const kills = Number(process.env.KILLS ?? 8);
const largest = (numbers: readonly number[]): number => Math.max(...numbers);

describe('processes that are killed with a busy main thread', function () {
  before(function () {
    // Signals that a program hears are a matter of POSIX.
    if (process.platform === 'win32') this.skip();
  });

  for (const kind of ['engine', 'index'] as const) {
    it(`${kind}: ${kills} kills of it and as many of its host: the next one answers, and none is left behind`, async () => {
      const { servedMs, goneMs } = await killBusy(kind, kills);
      console.log(
        `      served after ${Math.round(largest(servedMs))} ms, gone after ${Math.round(largest(goneMs))} ms at most`,
      );
      assert.equal(servedMs.length, kills);
      // Of one machine's speed, only what is promised about processes without a host is a matter of seconds.
      assert.ok(largest(servedMs) < 10 * served);
      assert.ok(largest(goneMs) <= gone, goneMs.join(', '));
    });
  }

  describe('or that hang', () => {
    const hosts = new IndexHosts();
    let busy: string;

    before(async () => {
      process.env.BUSY_PROGRAM = indexModule;
      busy = await bundle('test/support/busyProgram.ts');
    });

    after(() => {
      delete process.env.BUSY_PROGRAM;
      rmSync(dirname(busy), { recursive: true });
    });

    afterEach(() => hosts.close());

    it('end by themselves, and the next one answers what was asked', async () => {
      const host = hosts.open(makeFolder({ 'src/mix.ts': 'export function mix(): void {}\n' }), { modulePath: busy });
      await host.idle();
      process.kill(host.pid, 'SIGUSR2');
      assert.deepEqual(await host.paths('mix'), ['src/mix.ts']);
      const [death] = host.lines.filter((line) => line.includes('ended'));
      assert.match(
        death!,
        /^warn: Index process \d+ ended: its answering thread did not answer for 10 s\. It is started/,
      );
    });

    it('are not waited for where the index is thrown away', async () => {
      const host = hosts.open(makeFolder({ 'src/mix.ts': 'export function mix(): void {}\n' }), { modulePath: busy });
      await host.idle();
      process.kill(host.pid, 'SIGUSR2');
      await host.client.request('rebuild', {});
      const [death] = host.lines.filter((line) => line.includes('ended'));
      assert.match(death!, /ended: it did not answer rebuild\./);
    });
  });
});
