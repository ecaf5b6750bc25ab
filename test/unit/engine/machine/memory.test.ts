import assert from 'node:assert/strict';
import { availableMemory, checkMemory } from '../../../../src/engine/machine/memory';
import { EngineError } from '../../../../src/ipc/engine/errors';
import { makeFolder } from '../../../support/folder';

describe('memory for models', () => {
  const machine =
    'MemTotal:       16000000 kB\nMemFree:          100000 kB\nMemAvailable:    8000000 kB\nSwapFree:         500000 kB\n';
  const available = (files: Record<string, string>) =>
    availableMemory('linux', makeFolder({ 'proc/meminfo': machine, ...files }));

  it('is what the machine can give, its swap included', () => assert.equal(available({}), 8_500_000 * 1_024));

  it('is no more than the group of a container has left, what files hold aside', () => {
    const group = {
      'proc/self/cgroup': '0::/a/b\n',
      'sys/fs/cgroup/a/memory.max': '3000000000\n',
      'sys/fs/cgroup/a/memory.current': '2500000000\n',
      'sys/fs/cgroup/a/memory.stat': 'anon 1\ninactive_file 400000000\nactive_file 100000000\n',
      'sys/fs/cgroup/a/b/memory.max': 'max\n',
      'sys/fs/cgroup/a/b/memory.current': '1\n',
    };
    assert.equal(available(group), 1_000_000_000);
    const older = {
      'proc/self/cgroup': '5:memory:/docker/x\n4:cpu:/\n',
      'sys/fs/cgroup/memory/docker/x/memory.limit_in_bytes': '2000000000',
      'sys/fs/cgroup/memory/docker/x/memory.usage_in_bytes': '500000000',
    };
    assert.equal(available(older), 1_500_000_000);
  });

  it('is told of this machine', () => {
    for (const platform of ['linux', 'win32', 'darwin'] as const) assert.ok(availableMemory(platform) > 2 ** 24);
  });

  it('refuses in one sentence what needs more', () => {
    checkMemory('a', { weights: 1e9, cache: 3e8 }, 1.5e9);
    assert.throws(
      () => checkMemory('Big', { weights: 7e9, cache: 3e8 }, 1.5e9),
      (error) =>
        error instanceof EngineError &&
        /^Big needs about 8\.7 GB of memory, and 1\.5 GB are free; [^.]+\.$/.test(error.message),
    );
  });
});
