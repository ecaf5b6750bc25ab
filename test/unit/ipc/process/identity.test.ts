import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { identityOf, isRunning } from '../../../../src/ipc/process/identity';

describe('identity of a process', () => {
  it('is that of one process as long as it runs', async () => {
    const child = spawn(process.execPath, ['--eval', 'setInterval(() => {}, 1000)']);
    const identity = identityOf(child.pid!);
    assert.ok(identity);
    assert.ok(isRunning(identity));
    child.kill('SIGKILL');
    await once(child, 'exit');
    assert.equal(isRunning(identity), false);
    assert.equal(identityOf(child.pid!), undefined);
  });

  it('is of no process that has ended and was not waited for', async function () {
    if (process.platform !== 'linux') this.skip();
    // A shell that replaces itself does not know of the child that it has started before.
    const parent = spawn('sh', ['-c', 'sleep 0.05 & echo $!; exec sleep 30'], { stdio: ['ignore', 'pipe', 'ignore'] });
    const [line] = (await once(parent.stdout, 'data')) as [Buffer];
    const identity = { pid: Number(line.toString()), started: identityOf(Number(line.toString()))?.started };
    while (isRunning(identity)) await new Promise((resolve) => setTimeout(resolve, 10));
    // The number is still taken.
    process.kill(identity.pid, 0);
    parent.kill('SIGKILL');
    await once(parent, 'exit');
  });

  it('is not that of a later process with the same number', function () {
    if (process.platform !== 'linux') this.skip();
    const own = identityOf(process.pid)!;
    assert.ok(isRunning(own));
    assert.equal(isRunning({ ...own, started: String(Number(own.started) - 1) }), false);
  });
});
