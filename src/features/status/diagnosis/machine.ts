/** What the system says of itself and of what the programs take of it, for *Diagnose*; asks nothing of the network. */
import { readdir, stat } from 'node:fs/promises';
import { arch, cpus, freemem, homedir, hostname, platform, release, totalmem, userInfo } from 'node:os';
import { basename, join } from 'node:path';
import type { MachineFacts } from '../../../host/diagnosis/facts';

export function machineFacts(): MachineFacts {
  const processors = cpus();
  return {
    system: `${platform()} ${release()} ${arch()}`,
    processor: processors[0]?.model.trim() ?? '',
    cores: processors.length,
    memoryBytes: totalmem(),
    freeMemoryBytes: freemem(),
    node: process.versions.node,
  };
}

/** Names of this person and this machine. @param paths of the user, absolute ones @returns them, and what they end in */
export function privateNames(paths: readonly (string | undefined)[]): string[] {
  const given = [homedir(), ...paths].flatMap((path) =>
    path === undefined || path === '' ? [] : [path, basename(path)],
  );
  return [...given, hostname(), userName()].filter((name) => name !== '');
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // A user without an entry in the system's list has no name.
    return '';
  }
}

/** Bytes of all files in a folder and below; 0 where there is none. Links are not followed. */
export async function folderBytes(folder: string): Promise<number> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const sizes = await Promise.all(
    entries.map(async (entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return folderBytes(path);
      return entry.isFile()
        ? stat(path).then(
            ({ size }) => size,
            () => 0,
          )
        : 0;
    }),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}
