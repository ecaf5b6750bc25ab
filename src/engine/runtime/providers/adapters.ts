/**
 * Fingerprints the machine's graphics hardware and drivers without loading a driver; used by `chooseDevices.ts` and
 * `devices.ts` to keep or discard verdicts.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { cpus, release } from 'node:os';
import { join } from 'node:path';

/** What is read of the machine; tests have another one. */
export interface Machine {
  readonly platform: NodeJS.Platform;
  readonly env: NodeJS.ProcessEnv;
  /** Of the operating system's kernel. */
  readonly release: string;
  /** Of the first processor. */
  readonly model: string;
  /** Names in a folder; none where it cannot be read. */
  list(folder: string): readonly string[];
  /** A file's content; empty where it cannot be read. */
  read(file: string): string;
  /** Size and time of a file; empty where there is none. */
  stamp(file: string): string;
}

/** What would make a verdict on the machine's accelerators worthless if it changed. */
export interface Adapters {
  /** Of the graphics hardware and its drivers. */
  readonly key: string;
  /** Whether there is any graphics hardware. */
  readonly present: boolean;
}

/** Folders of the descriptions by which Vulkan finds its drivers. */
const vulkanFolders = [
  '/usr/share/vulkan/icd.d',
  '/etc/vulkan/icd.d',
  '/usr/local/share/vulkan/icd.d',
  '/usr/local/etc/vulkan/icd.d',
];
const driverPackages = 'C:\\Windows\\System32\\DriverStore\\FileRepository';

/**
 * Looks for graphics hardware and tells its drivers apart, without loading any of them: a driver may take a second to
 * wake up, or the process with it.
 */
export function findAdapters(machine: Machine = thisMachine()): Adapters {
  const facts = [machine.platform, machine.release, ...factsOf(machine)];
  return { key: createHash('sha256').update(facts.join('\n')).digest('hex').slice(0, 32), present: isPresent(machine) };
}

function factsOf(machine: Machine): string[] {
  switch (machine.platform) {
    case 'linux':
      return [...linuxCards(machine), machine.read('/sys/module/nvidia/version').trim(), ...vulkanDrivers(machine)];
    case 'win32':
      // Each driver package has a folder, which a new version does not reuse.
      return [...machine.list(driverPackages)].sort();
    default:
      // Drivers come with the system.
      return [machine.model];
  }
}

function isPresent(machine: Machine): boolean {
  if (machine.platform !== 'linux') return machine.platform === 'win32' || machine.platform === 'darwin';
  // WSL has no graphics card of its own, but the host's.
  const nodes = [...machine.list('/dev/dri'), ...machine.list('/dev')];
  return nodes.some((name) => /^(?:renderD\d+|nvidia\d+|dxg)$/.test(name));
}

function linuxCards(machine: Machine): string[] {
  const cards = machine
    .list('/sys/class/drm')
    .filter((name) => /^card\d+$/.test(name))
    .sort();
  return cards.map((card) =>
    ['vendor', 'device', 'subsystem_vendor', 'subsystem_device', 'revision']
      .map((part) => machine.read(`/sys/class/drm/${card}/device/${part}`).trim())
      .join(':'),
  );
}

/** The descriptions of Vulkan's drivers with the stamps of their libraries, where these say where they lie. */
function vulkanDrivers(machine: Machine): string[] {
  const named = machine.env.VK_DRIVER_FILES ?? machine.env.VK_ICD_FILENAMES;
  const files =
    named?.split(':') ?? vulkanFolders.flatMap((folder) => machine.list(folder).map((name) => `${folder}/${name}`));
  return files.sort().flatMap((file) => {
    const text = machine.read(file);
    const library = /"library_path"\s*:\s*"([^"]+)"/.exec(text)?.[1] ?? '';
    return [file, machine.stamp(file), text, machine.stamp(library)];
  });
}

function thisMachine(): Machine {
  const orEmpty = <T>(read: () => T, empty: T): T => {
    try {
      return read();
    } catch {
      return empty;
    }
  };
  return {
    platform: process.platform,
    env: process.env,
    release: release(),
    model: cpus()[0]?.model ?? '',
    list: (folder) => orEmpty(() => readdirSync(join(folder)), []),
    read: (file) => orEmpty(() => readFileSync(file, 'utf8'), ''),
    stamp: (file) =>
      orEmpty(() => {
        const { size, mtimeMs } = statSync(file);
        return `${size} ${mtimeMs}`;
      }, ''),
  };
}
