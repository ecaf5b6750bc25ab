/**
 * Memory that a model needs, and that there is for it. Asked before a model is opened: the system would end the engine, or
 * whatever else it takes for the largest, where there is too little.
 */
import { readFileSync } from 'node:fs';
import { freemem, totalmem } from 'node:os';
import { join } from 'node:path';
import { EngineError } from '../../ipc/engine/errors';

/**
 * Bytes in memory for a byte of weights in a file: kernels keep them in an order of their own, in part as wider numbers, and
 * buffers of a run come on top.
 */
const bytesPerWeightByte = 1.2;

export interface MemoryNeed {
  /** Bytes of the files that hold weights. */
  readonly weights: number;
  /** Bytes of the keys and values that are kept between requests. */
  readonly cache: number;
}

/**
 * @param name of the model, for people
 * @param available bytes, see {@link availableMemory}
 * @throws {EngineError} `runtime` where the model needs more
 */
export function checkMemory(name: string, { weights, cache }: MemoryNeed, available: number): void {
  const needed = weights * bytesPerWeightByte + cache;
  if (needed <= available) return;
  throw new EngineError(
    'runtime',
    `${name} needs about ${inGigabytes(needed)} GB of memory, and ${inGigabytes(available)} GB are free; close other programs, or choose a smaller model or one of fewer bits.`,
  );
}

const inGigabytes = (bytes: number): string => (bytes / 1e9).toFixed(1);

/** Where Linux tells of its memory; another place in tests. */
const systemRoot = '/';

/**
 * Bytes that a process can take without another's being taken: of the machine, or of the control group that a container
 * is. What files hold in memory and the system can drop counts as free, and so does room to swap.
 */
export function availableMemory(platform: NodeJS.Platform = process.platform, root = systemRoot): number {
  // What macOS calls free is what nothing has used yet.
  if (platform === 'darwin') return 0.8 * totalmem();
  if (platform !== 'linux') return freemem();
  return Math.min(availableOfMachine(root), availableOfGroup(root));
}

function availableOfMachine(root: string): number {
  const kilobytes = numbersIn(read(root, 'proc/meminfo'));
  const available = kilobytes.get('MemAvailable');
  return available === undefined ? freemem() : 1_024 * (available + (kilobytes.get('SwapFree') ?? 0));
}

/** Of the innermost group and those around it, version 2 or 1; without a bound, everything. */
function availableOfGroup(root: string): number {
  const group = /^(?:0:|\d+:memory):(.*)$/m.exec(read(root, 'proc/self/cgroup'))?.[1] ?? '/';
  let least = Infinity;
  for (const [folder, limit, used] of [
    ['sys/fs/cgroup', 'memory.max', 'memory.current'],
    ['sys/fs/cgroup/memory', 'memory.limit_in_bytes', 'memory.usage_in_bytes'],
  ] as const)
    for (let at = group; ; at = at.slice(0, at.lastIndexOf('/'))) {
      const place = join(folder, at);
      const bytes = Number.parseInt(read(root, join(place, limit)), 10);
      const taken = Number.parseInt(read(root, join(place, used)), 10);
      const stat = numbersIn(read(root, join(place, 'memory.stat')));
      const droppable = (stat.get('inactive_file') ?? 0) + (stat.get('active_file') ?? 0);
      if (Number.isFinite(bytes) && Number.isFinite(taken))
        least = Math.min(least, Math.max(0, bytes - taken + droppable));
      if (at === '' || at === '/') break;
    }
  return least;
}

/** Lines such as `MemAvailable:  123 kB` or `inactive_file 123`. */
function numbersIn(text: string): Map<string, number> {
  return new Map(Array.from(text.matchAll(/^(\w+):?\s+(\d+)/gm), ([, name = '', number]) => [name, Number(number)]));
}

/** @returns the empty text where there is no such file */
function read(root: string, path: string): string {
  try {
    return readFileSync(join(root, path), 'utf8');
  } catch {
    return '';
  }
}
