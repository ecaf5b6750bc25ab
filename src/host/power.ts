/**
 * Whether the computer runs on its battery, asked of the operating system: files of Linux, `pmset` of macOS, PowerShell of Windows
 * (`GetSystemPowerStatus` itself takes native code, of which the host has none). Used by features to put off background work.
 */
import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Listeners } from '../common/listeners';

/**
 * Milliseconds between two looks: a plug is pulled rarely, and work that goes on for so long does no harm. PowerShell takes half a
 * second of a core to start.
 */
const lookEvery = process.platform === 'win32' ? 300_000 : 30_000;
/** Milliseconds that a program may take to answer. */
const patience = 20_000;
const quiet = ['-NoLogo', '-NoProfile', '-NonInteractive'];
/** Prints `PowerLineStatus` of .NET: Offline, Online or Unknown. Windows PowerShell is part of every Windows. */
const askWindows =
  'Add-Type -AssemblyName System.Windows.Forms; [System.Windows.Forms.SystemInformation]::PowerStatus.PowerLineStatus';

/** @returns `undefined` where the system does not tell, as on a machine without a battery */
export async function runsOnBattery(
  platform: NodeJS.Platform = process.platform,
  folder = '/sys/class/power_supply',
): Promise<boolean | undefined> {
  try {
    if (platform === 'linux') return await readSupplies(folder);
    if (platform === 'darwin') return readPmset(await print('/usr/bin/pmset', ['-g', 'batt']));
    if (platform === 'win32') return readPowerLine(await print(powerShell(), [...quiet, '-Command', askWindows]));
  } catch {
    // A system without that folder or program tells nothing.
  }
  return undefined;
}

async function print(program: string, args: readonly string[]): Promise<string> {
  return (await promisify(execFile)(program, args, { timeout: patience, windowsHide: true })).stdout;
}

/** By its whole path: a workspace cannot put another one in its place. */
function powerShell(): string {
  return join(process.env.SystemRoot ?? 'C:\\Windows', 'System32', 'WindowsPowerShell', 'v1.0', 'powershell.exe');
}

/** What .NET's `PowerLineStatus` is called. */
function readPowerLine(output: string): boolean | undefined {
  const status = output.trim();
  return status === 'Offline' ? true : status === 'Online' ? false : undefined;
}

/**
 * What the supplies of Linux say together (kernel documentation, ABI/testing/sysfs-class-power). Batteries of mice and
 * headphones have the scope `Device` and do not count.
 */
async function readSupplies(folder: string): Promise<boolean | undefined> {
  let discharging: boolean | undefined;
  for (const name of await readdir(folder)) {
    const read = (file: string) =>
      readFile(join(folder, name, file), 'utf8').then(
        (text) => text.trim(),
        () => undefined,
      );
    if ((await read('scope')) === 'Device') continue;
    if ((await read('type')) !== 'Battery') {
      if ((await read('online')) === '1') return false;
    } else discharging = discharging === true || (await read('status')) === 'Discharging';
  }
  return discharging;
}

/** The first line that `pmset -g batt` prints names the source: `Now drawing from 'Battery Power'`. */
export function readPmset(output: string): boolean | undefined {
  const source = /^Now drawing from '([^']*)'/.exec(output)?.[1];
  return source === undefined ? undefined : source === 'Battery Power';
}

/** Looks again and again, and tells when the answer has changed. */
export class PowerWatch {
  readonly #listeners = new Listeners();
  readonly onDidChange = this.#listeners.add;
  readonly #timer: NodeJS.Timeout;
  #onBattery = false;

  constructor(private readonly ask: () => Promise<boolean | undefined> = () => runsOnBattery()) {
    this.#timer = setInterval(() => void this.look(), lookEvery);
    this.#timer.unref();
    void this.look();
  }

  /** False also where that is unknown. */
  get onBattery(): boolean {
    return this.#onBattery;
  }

  async look(): Promise<void> {
    const found = (await this.ask()) === true;
    if (found === this.#onBattery) return;
    this.#onBattery = found;
    this.#listeners.notify();
  }

  dispose(): void {
    clearInterval(this.#timer);
  }
}
