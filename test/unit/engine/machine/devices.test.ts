import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Devices } from '../../../../src/engine/machine/devices';
import type { DevicesOptions } from '../../../../src/engine/machine/devices';
import type { DecoderFolder } from '../../../../src/modelFolder/layouts/types';
import { findAdapters } from '../../../../src/engine/runtime/providers/adapters';
import type { Machine } from '../../../../src/engine/runtime/providers/adapters';
import { errorOf, judge } from '../../../../src/engine/runtime/providers/judge';
import type { Runner, TestRun } from '../../../../src/engine/runtime/providers/judge';
import { ladder, parseDevice } from '../../../../src/ipc/engine/devices';
import type { ProviderName } from '../../../../src/ipc/engine/devices';
import { isBetter, whyNot } from '../../../../src/engine/runtime/providers/verdict';
import type { ProviderVerdict } from '../../../../src/engine/runtime/providers/verdict';
import { VerdictFile } from '../../../../src/engine/runtime/providers/verdictFile';

const bundled = (...names: string[]) => names.map((name) => ({ name, bundled: true }));

describe('the ladder of execution providers', () => {
  it('begins with WebGPU and goes on with what the platform has', () => {
    assert.deepEqual(ladder('auto', bundled('cpu', 'dml', 'webgpu')), ['webgpu', 'dml']);
    assert.deepEqual(ladder('auto', bundled('cpu', 'coreml', 'webgpu')), ['webgpu', 'coreml']);
    assert.deepEqual(ladder('auto', bundled('cpu')), []);
  });

  it('has CUDA only where it is asked for', () => {
    const linux = [...bundled('cpu', 'webgpu'), { name: 'cuda', bundled: false }];
    assert.deepEqual(ladder('auto', linux), ['webgpu']);
    assert.deepEqual(ladder(['cuda', 'webgpu'], linux), ['cuda', 'webgpu']);
  });

  it('leaves out what the machine does not have, and all of it for the processor', () => {
    assert.deepEqual(ladder(['dml', 'webgpu'], bundled('cpu', 'webgpu')), ['webgpu']);
    assert.deepEqual(ladder('cpu', bundled('cpu', 'webgpu')), []);
  });

  it('is read from what people write', () => {
    assert.deepEqual(parseDevice('auto'), { device: 'auto', unknown: [] });
    assert.deepEqual(parseDevice(' CPU '), { device: 'cpu', unknown: [] });
    assert.deepEqual(parseDevice('cuda, WebGPU,cuda'), { device: ['cuda', 'webgpu'], unknown: [] });
    assert.deepEqual(parseDevice('gpu'), { device: 'auto', unknown: ['gpu'] });
    assert.deepEqual(parseDevice(''), { device: 'auto', unknown: [] });
  });
});

describe('the adapters of a machine', () => {
  const files: Record<string, string> = {
    '/sys/class/drm/card0/device/vendor': '0x10de\n',
    '/sys/module/nvidia/version': '550.1\n',
    '/usr/share/vulkan/icd.d/nvidia.json': '{"library_path": "/lib/vk.so"}',
  };
  const machine = (more: Partial<Machine> = {}, changed: Record<string, string> = {}): Machine => ({
    platform: 'linux',
    env: {},
    release: '6.1',
    model: 'a processor',
    list: (folder) =>
      ({
        '/dev/dri': ['card0', 'renderD128'],
        '/sys/class/drm': ['card0', 'version'],
        '/usr/share/vulkan/icd.d': ['nvidia.json'],
      })[folder] ?? [],
    read: (file) => ({ ...files, ...changed })[file] ?? '',
    stamp: (file) => ({ '/lib/vk.so': '1 1', ...changed })[file] ?? '',
    ...more,
  });
  const { key, present } = findAdapters(machine());

  it('are there where the system has a node for them', () => {
    assert.equal(present, true);
    assert.equal(findAdapters(machine({ list: () => [] })).present, false);
    assert.equal(findAdapters(machine({ list: (folder) => (folder === '/dev' ? ['dxg'] : []) })).present, true);
    assert.equal(findAdapters(machine({ platform: 'win32', list: () => [] })).present, true);
  });

  for (const [what, other] of [
    ['another card', machine({}, { '/sys/class/drm/card0/device/vendor': '0x1002' })],
    ['another version of the driver', machine({}, { '/sys/module/nvidia/version': '560.2' })],
    ['another library behind the same description', machine({}, { '/lib/vk.so': '2 2' })],
    ['another kernel', machine({ release: '6.2' })],
    ['another choice of drivers', machine({ env: { VK_DRIVER_FILES: '/a.json' } })],
  ] as const) {
    it(`have another key with ${what}`, () => assert.notEqual(findAdapters(other).key, key));
  }

  it('keep their key while nothing changes', () => assert.equal(findAdapters(machine()).key, key));
});

/** Logits that depend on all tokens up to the last, as a decoder's do; `spoil` is the fault of an adapter. */
function runner(spoil: (logits: Float32Array, run: TestRun) => void = () => {}): Runner {
  return {
    run: (tokens, run) => {
      const logits = Float32Array.from({ length: 50 }, (_, id) => {
        let sum = 0;
        for (let at = 0; at < run.past + run.rows; at++) sum += Math.sin(id * (tokens[at]! + 1) + at);
        return sum;
      });
      spoil(logits, run);
      return Promise.resolve(logits);
    },
  };
}

const shift = (logits: Float32Array) =>
  logits.forEach((value, at) => {
    logits[at] = value + (at % 2);
  });

describe('an accelerator under test', () => {
  const test = (device: Runner, contextLength = 512) =>
    judge({
      provider: 'webgpu',
      adapter: 'planted',
      software: false,
      vocabularySize: 50,
      contextLength,
      tolerance: 1e-3,
      cpu: runner(),
      device,
    });

  it('is found right when it gives what the processor gives', async () => {
    const verdict = await test(runner());
    assert.equal(verdict.maxRows, 256);
    assert.equal(verdict.error, 0);
    assert.ok(verdict.cpuMs! >= 0 && verdict.deviceMs! >= 0);
  });

  it('is tested within the context of the model', async () => assert.equal((await test(runner(), 256)).maxRows, 64));

  it('gets short runs when long ones are wrong', async () => {
    assert.equal(
      (
        await test(
          runner((logits, { rows }) => {
            if (rows >= 32) shift(logits);
          }),
        )
      ).maxRows,
      16,
    );
    assert.equal(
      (
        await test(
          runner((logits, { rows }) => {
            if (rows > 64) shift(logits);
          }),
        )
      ).maxRows,
      64,
    );
  });

  for (const [what, spoil] of [
    ['it is wrong everywhere', shift],
    [
      'only single tokens are right',
      (logits: Float32Array, { rows }: TestRun) => {
        if (rows > 1) shift(logits);
      },
    ],
    [
      'it forgets what is cached',
      (logits: Float32Array, { past }: TestRun) => {
        if (past > 0) shift(logits);
      },
    ],
    ['it gives no numbers', (logits: Float32Array) => void logits.fill(NaN)],
    ['it gives nothing but zeros', (logits: Float32Array) => void logits.fill(0)],
  ] as const) {
    it(`is refused when ${what}`, async () => {
      const verdict = await test(runner(spoil));
      assert.equal(verdict.maxRows, 0);
      assert.match(verdict.reason!, /differ from those of the processor/);
      assert.equal(isBetter(verdict), false);
    });
  }

  it('may differ by rounding', async () => {
    const verdict = await test(
      runner((logits) => {
        logits[0]! += 1e-3;
      }),
    );
    assert.ok(verdict.maxRows > 0 && verdict.error! > 0 && verdict.error! < 1e-3);
  });

  it('has an error that does not depend on the scale of the logits', () => {
    const values = Float32Array.of(1, 2, 3, 4);
    const error = errorOf(
      values,
      values.map((value) => value + 0.1),
    );
    assert.ok(
      Math.abs(
        errorOf(
          values.map((value) => 100 * value),
          values.map((value) => 100 * value + 10),
        ) - error,
      ) < 1e-6,
    );
    assert.equal(errorOf(values, values.subarray(1)), Infinity);
  });
});

const right: ProviderVerdict = {
  provider: 'webgpu',
  adapter: 'card',
  software: false,
  maxRows: 256,
  error: 0,
  cpuMs: 100,
  deviceMs: 20,
};

describe('a verdict', () => {
  it('is for the accelerator where that is right, real and faster', () => {
    assert.equal(isBetter(right), true);
    assert.equal(whyNot(right), undefined);
    assert.match(whyNot({ ...right, deviceMs: 150 })!, /150 ms where the processor takes 100 ms/);
    assert.match(whyNot({ ...right, software: true })!, /pretends/);
    assert.match(whyNot({ ...right, maxRows: 0, reason: 'it smokes' })!, /smokes/);
  });

  describe('in a file', () => {
    let folder: string;
    const subject = { provider: 'webgpu', adapters: 'a', runtime: '1', model: 'm' } as const;
    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), 'verdicts-'));
    });
    afterEach(() => rmSync(folder, { recursive: true }));

    it('is found again by another process, for the same subject alone', () => {
      new VerdictFile(folder).put(subject, right);
      const file = new VerdictFile(folder);
      assert.deepEqual(file.get(subject), right);
      for (const other of [{ adapters: 'b' }, { runtime: '2' }, { model: 'n' }, { provider: 'dml' as const }]) {
        assert.equal(file.get({ ...subject, ...other }), undefined);
      }
      assert.deepEqual(readdirSync(folder), ['accelerators.json']);
      assert.match(readFileSync(join(folder, 'accelerators.json'), 'utf8'), /"mostRows": 256/);
    });

    it('is revoked for every model on the same adapters', () => {
      const file = new VerdictFile(folder);
      const others = [
        { ...subject, model: 'n' },
        { ...subject, adapters: 'b' },
      ] as const;
      for (const one of [subject, ...others]) file.put(one, right);
      file.revoke(subject, 'it was lost');
      assert.deepEqual(
        [subject, ...others].map((one) => file.get(one)!.maxRows),
        [0, 0, 256],
      );
      assert.equal(file.get(subject)!.reason, 'it was lost');
    });

    it('is forgotten where the file is damaged, and written anew', () => {
      writeFileSync(join(folder, 'accelerators.json'), '{"format": 1, "verdicts": {"x": ');
      const file = new VerdictFile(folder);
      assert.equal(file.get(subject), undefined);
      file.put(subject, right);
      assert.deepEqual(file.get(subject), right);
    });

    it('lasts as long as the process where there is no folder', () => {
      const file = new VerdictFile(undefined);
      file.put(subject, right);
      assert.deepEqual(file.get(subject), right);
    });
  });
});

describe('the choice of an accelerator', () => {
  const path = mkdtempSync(join(tmpdir(), 'choice-'));
  const folder = { path, name: 'model', graph: join(path, 'model.onnx') } as DecoderFolder;
  before(() => writeFileSync(folder.graph, 'graph'));
  after(() => rmSync(path, { recursive: true }));

  function devices(
    more: Partial<DevicesOptions>,
    answers: Partial<Record<ProviderName, ProviderVerdict>> = { webgpu: right },
  ) {
    const probed: string[] = [];
    const better: string[] = [];
    const lines: string[] = [];
    const options: DevicesOptions = {
      device: 'auto',
      adapters: { key: 'k', present: true },
      runtime: '1',
      verdicts: new VerdictFile(undefined),
      supported: () => Promise.resolve(bundled('webgpu', 'dml')),
      probe: (_, provider) => {
        probed.push(provider);
        return Promise.resolve(answers[provider] ?? { ...right, provider, maxRows: 0, reason: 'it is broken' });
      },
      onBetter: (one) => better.push(one),
      log: (line) => lines.push(line),
      ...more,
    };
    return { devices: new Devices(options), probed, better, lines, options };
  }
  const settled = () => new Promise((resolve) => setImmediate(resolve));

  it('is ours: the processor serves until a test has found better, then the model is opened anew', async () => {
    const { devices: first, probed, better, options } = devices({});
    assert.deepEqual(await Promise.all([first.choose(folder), first.choose(folder)]), [undefined, undefined]);
    await settled();
    assert.deepEqual([probed, better], [['webgpu'], [path]]);
    assert.deepEqual(await first.choose(folder), { provider: 'webgpu', maxRows: 256, adapter: 'card' });
    const next = devices({ verdicts: options.verdicts });
    assert.equal((await next.devices.choose(folder))!.provider, 'webgpu');
    assert.deepEqual(next.probed, []);
  });

  for (const [what, verdict] of [
    ['slower', { ...right, deviceMs: 200 }],
    ['a pretence', { ...right, software: true }],
    ['wrong', { ...right, maxRows: 0 }],
  ] as const) {
    it(`is ours: what is ${what} is not chosen, and the next provider is tried`, async () => {
      const { devices: found, better, probed } = devices({}, { webgpu: verdict });
      await found.choose(folder);
      await settled();
      assert.deepEqual([probed, better], [['webgpu', 'dml'], []]);
      assert.equal(await found.choose(folder), undefined);
    });
  }

  it('is ours: nothing is tested where there is no graphics hardware', async () => {
    const { devices: found, probed } = devices({ adapters: { key: 'k', present: false } });
    await found.choose(folder);
    await settled();
    assert.deepEqual(probed, []);
    assert.deepEqual(await found.report(), { anyPresent: false, supported: ['webgpu', 'dml'], tried: [] });
  });

  it('is the user’s: what is right is used, slow or not; what is wrong is refused with a reason', async () => {
    const slow = { ...right, software: true, deviceMs: 900, maxRows: 16 };
    const { devices: found, lines } = devices({ device: ['dml', 'webgpu'] }, { webgpu: slow });
    assert.deepEqual(await found.choose(folder), { provider: 'webgpu', maxRows: 16, adapter: 'card' });
    assert.deepEqual(lines, ['model does not run on card (dml): it is broken.']);
    assert.deepEqual(await found.report(), {
      anyPresent: true,
      supported: ['webgpu', 'dml'],
      tried: [
        { provider: 'dml', adapter: 'card', refused: 'it is broken' },
        { provider: 'webgpu', adapter: 'card' },
      ],
    });
  });

  it('is the user’s: the processor without a word, a missing provider with one', async () => {
    const processor = devices({ device: 'cpu' });
    assert.equal(await processor.devices.choose(folder), undefined);
    assert.deepEqual(processor.lines, []);
    const missing = devices({ device: ['cuda'] });
    assert.equal(await missing.devices.choose(folder), undefined);
    assert.match(missing.lines[0]!, /cuda cannot be used on this machine/);
  });

  it('is the processor once an accelerator has failed, now and in the next process', async () => {
    const { devices: found, options } = devices({ device: ['webgpu'] });
    assert.ok(await found.choose(folder));
    found.failed('webgpu', 'it was lost');
    assert.deepEqual((await found.report()).tried, [{ provider: 'webgpu', adapter: 'card', refused: 'it was lost' }]);
    assert.equal(await found.choose(folder), undefined);
    assert.equal(await devices({ device: ['webgpu'], verdicts: options.verdicts }).devices.choose(folder), undefined);
  });

  it('goes on where a verdict cannot be kept', async () => {
    const verdicts = {
      get: () => undefined,
      put: () => {
        throw new Error('no disk left');
      },
      revoke: () => {},
    };
    const { devices: found, lines } = devices({ device: ['webgpu'], verdicts });
    assert.ok(await found.choose(folder));
    assert.match(lines[0]!, /could not be kept: no disk left/);
  });
});
