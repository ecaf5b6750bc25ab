/**
 * A workspace of hundreds of thousands of files, with gigabytes of sparse binaries beside them: how soon something is found,
 * what the binaries add, what the index process takes, and what a saved file costs it. Linux only: figures of the process
 * are read from /proc.
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { makeFolder } from '../../support/folder';
import { IndexHost } from '../../support/indexHost';
import { memoryOf, processorTime } from '../../support/processFigures';

const mebibyte = 2 ** 20;
const gibibyte = 2 ** 30;
/** Bytes of each sparse binary. */
const binaryBytes = gibibyte / 2;
const filesPerFolder = 100;
/** One file in so many holds no code. */
const notCodeOneIn = 6;
/** Lines of each file: about one piece. */
const linesPerFile = 12;
/** Looks at all files before there are binaries: what the machine does beside makes them differ. */
const looksBefore = 5;
const bursts = 20;
/** Milliseconds from one burst to the next, as of somebody who saves often. */
const burstEvery = 500;

export interface LargeOptions {
  readonly files: number;
  /** Of sparse binaries. */
  readonly gigabytes: number;
}

/** @returns figures by name */
export async function measureLarge({ files, gigabytes }: LargeOptions): Promise<Record<string, number>> {
  const [folder, storage] = [makeFolder(), makeFolder()];
  const host = new IndexHost(folder, { storage });
  try {
    fill(folder, files);
    const started = performance.now();
    const seconds = (since: number): number => (performance.now() - since) / 1_000;
    host.client.start();
    while ((await host.found('function')).length === 0) await sleep(20);
    const firstHits = seconds(started);
    await host.idle();
    const indexed = seconds(started);
    const { chunks, bytes } = await host.client.request('size', {});
    await host.found('parse a date from a string');
    const looks: number[] = [];
    for (let look = 0; look < looksBefore; look++) looks.push(await wholeLook(host));
    const usual = { seconds: Math.max(...looks), residentBytes: memoryOf(host.pid, 'VmRSS') };
    addBinaries(folder, gigabytes);
    // The first look at them, which notes what they are.
    const binaries = { seconds: await wholeLook(host), residentBytes: memoryOf(host.pid, 'VmRSS') };
    const idle = await processorOf(host.pid, bursts * burstEvery, () => Promise.resolve());
    const saved = await processorOf(host.pid, bursts * burstEvery, async (round) => {
      const name = pathOf(round * notCodeOneIn + 1);
      writeFileSync(path.join(folder, name), `export function saved${round}(value) {\n  return value + ${round};\n}\n`);
      await host.client.request('changed', { root: folder, paths: [name] });
    });
    const ignored = await processorOf(host.pid, bursts * burstEvery, async (round) => {
      await host.client.request('changed', { root: folder, paths: [`node_modules/built${round}.js`] });
    });
    if ((await host.paths('"saved19"')).length !== 1) throw new Error('What was saved last is not found.');
    return {
      files,
      chunks,
      'index.mib': bytes / mebibyte,
      'firstHits.s': firstHits,
      'indexed.s': indexed,
      chunksPerSecond: chunks / indexed,
      'process.mostMib': memoryOf(host.pid, 'VmHWM') / mebibyte,
      'process.restMib': memoryOf(host.pid, 'VmRSS') / mebibyte,
      'wholeLook.leastS': Math.min(...looks),
      'wholeLook.mostS': usual.seconds,
      'wholeLook.withBinariesS': binaries.seconds,
      'binaries.gib': gigabytes,
      'binaries.addedS': binaries.seconds - usual.seconds,
      'binaries.addedMib': (binaries.residentBytes - usual.residentBytes) / mebibyte,
      'savedFile.processorMs': (saved - idle) / bursts,
      'ignoredFile.processorMs': (ignored - idle) / bursts,
    };
  } finally {
    host.client.dispose();
    for (const made of [folder, storage]) rmSync(made, { recursive: true, force: true, maxRetries: 5 });
  }
}

const pathOf = (file: number): string => `part${Math.floor(file / filesPerFolder)}/file${file}.js`;

/** Pieces of the code of packages, each in a file of its own, and some files that hold no code. */
function fill(folder: string, files: number): void {
  const pieces = piecesOf('node_modules');
  for (let file = 0; file < files; file++) {
    const place = path.join(folder, pathOf(file));
    if (file % filesPerFolder === 0) mkdirSync(path.dirname(place));
    const piece = pieces[file % pieces.length] ?? '';
    writeFileSync(place, file % notCodeOneIn === 0 ? '\0' : `// Piece ${file} of the code of packages.\n${piece}`);
  }
}

function piecesOf(packages: string): string[] {
  const names = readdirSync(packages, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.[cm]?js$/.test(entry.name))
    .map(({ parentPath, name }) => path.join(parentPath, name))
    .sort();
  return names.flatMap((name) => {
    const lines = readFileSync(name, 'utf8').split('\n');
    // What is minified is one piece of any length, and no code that people write.
    if (lines.some((line) => line.length > 400)) return [];
    return Array.from({ length: Math.floor(lines.length / linesPerFile) }, (_, piece) =>
      lines.slice(piece * linesPerFile, (piece + 1) * linesPerFile).join('\n'),
    );
  });
}

/** Binaries that take room by name only, of endings that no rule ignores. */
function addBinaries(folder: string, gigabytes: number): void {
  mkdirSync(path.join(folder, 'data'));
  for (let file = 0; file < (gigabytes * gibibyte) / binaryBytes; file++) {
    const place = path.join(folder, 'data', `set${file}.${['bin', 'mp4', 'safetensors', 'img'][file % 4]}`);
    writeFileSync(place, '');
    truncateSync(place, binaryBytes);
  }
}

/** @returns the seconds that a look at all files takes */
async function wholeLook(host: IndexHost): Promise<number> {
  const started = performance.now();
  host.progress = undefined;
  await host.client.request('changed', { root: host.folder });
  await host.until(() => host.progress?.phase === 'idle');
  return (performance.now() - started) / 1_000;
}

/** @returns milliseconds of processor time that a process takes while something is done over and over */
async function processorOf(pid: number, ms: number, work: (round: number) => Promise<unknown>): Promise<number> {
  const before = processorTime(pid);
  for (let round = 0; round < bursts; round++) {
    await work(round);
    await sleep(ms / bursts);
  }
  return processorTime(pid) - before;
}
