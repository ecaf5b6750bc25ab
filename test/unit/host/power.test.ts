import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PowerWatch, readPmset, runsOnBattery } from '../../../src/host/power';

describe('runsOnBattery', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'power-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  function supply(name: string, files: Record<string, string>): void {
    mkdirSync(join(folder, name));
    for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, name, file), `${text}\n`);
  }
  const asked = () => runsOnBattery('linux', folder);
  const battery = (status: string) => ({ type: 'Battery', status, present: '1' });

  it('says yes where a battery discharges and no plug is in', async () => {
    supply('BAT0', battery('Discharging'));
    supply('AC', { type: 'Mains', online: '0' });
    assert.equal(await asked(), true);
  });

  it('says no where a plug is in, whatever the battery does', async () => {
    supply('AC', { type: 'Mains', online: '1' });
    supply('BAT0', battery('Discharging'));
    assert.equal(await asked(), false);
  });

  it('says no where a charger of USB is in', async () => {
    supply('ucsi-source-psy-1', { type: 'USB', online: '1' });
    supply('BAT0', battery('Not charging'));
    assert.equal(await asked(), false);
  });

  it('says yes where one of two batteries discharges', async () => {
    supply('BAT0', battery('Discharging'));
    supply('BAT1', battery('Full'));
    assert.equal(await asked(), true);
  });

  it('says no where the battery is full and nothing says what charges it', async () => {
    supply('BAT0', battery('Full'));
    assert.equal(await asked(), false);
  });

  it('does not count the batteries of mice, nor supplies that tell nothing', async () => {
    supply('hidpp_battery_0', { ...battery('Discharging'), scope: 'Device' });
    supply('broken', {});
    assert.equal(await asked(), undefined);
  });

  it('does not know on a machine without supplies, or of another system', async () => {
    assert.equal(await runsOnBattery('linux', join(folder, 'none')), undefined);
    supply('BAT0', battery('Discharging'));
    assert.equal(await runsOnBattery('freebsd', folder), undefined);
  });

  describe('of Windows', () => {
    const systemRoot = process.env.SystemRoot;
    beforeEach(() => (process.env.SystemRoot = folder));
    afterEach(() => {
      if (systemRoot === undefined) delete process.env.SystemRoot;
      else process.env.SystemRoot = systemRoot;
    });

    for (const [printed, expected] of [
      ['Offline', true],
      ['Online', false],
      ['Unknown', undefined],
      ['', undefined],
    ] as const)
      it(`is ${String(expected)} where PowerShell prints "${printed}"`, async () => {
        const place = join(folder, 'System32', 'WindowsPowerShell', 'v1.0');
        mkdirSync(place, { recursive: true });
        writeFileSync(join(place, 'powershell.exe'), `#!/bin/sh\nprintf '${printed}\\r\\n'\n`, { mode: 0o755 });
        assert.equal(await runsOnBattery('win32'), expected);
      });

    it('is unknown where there is no PowerShell', async () => {
      assert.equal(await runsOnBattery('win32'), undefined);
    });
  });
});

describe('readPmset', () => {
  it('reads the source that is drawn from', () => {
    const printed = (source: string) =>
      `Now drawing from '${source}'\n -InternalBattery-0 (id=1)\t83%; discharging; 5:10 remaining\n`;
    assert.deepEqual(
      [readPmset(printed('Battery Power')), readPmset(printed('AC Power')), readPmset('')],
      [true, false, undefined],
    );
  });
});

describe('PowerWatch', () => {
  it('tells when the answer has changed, and takes what nobody knows for no battery', async () => {
    let answer: boolean | undefined;
    const watch = new PowerWatch(() => Promise.resolve(answer));
    let told = 0;
    watch.onDidChange(() => told++);
    await watch.look();
    assert.deepEqual([watch.onBattery, told], [false, 0]);
    answer = true;
    await watch.look();
    await watch.look();
    assert.deepEqual([watch.onBattery, told], [true, 1]);
    answer = undefined;
    await watch.look();
    assert.deepEqual([watch.onBattery, told], [false, 2]);
    watch.dispose();
  });
});
