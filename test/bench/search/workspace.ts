/** A real workspace, indexed and searched as the editor does it: by the index process, and by an encoder in the engine. */
import { spawnSync } from 'node:child_process';
import { appendFile, cp, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { distribution } from '../../../src/cli/distribution';
import { EngineClient } from '../../../src/ipc/engine/client';
import { IndexClient } from '../../../src/ipc/indexer/client';
import type { EncoderFacts, FoundChunk, Progress } from '../../../src/ipc/indexer/protocol';
import type { SearchEncoder } from '../../../src/features/search/encoder';
import { fetchPackage, readPackages } from '../quality/packages';
import { openEncoder } from './encoder';

/** How long the encoder is watched at most. Milliseconds. */
const watchedMs = 60_000;

const questions = [
  'where is a regular expression escaped', 'retry with backoff', 'parse a date from a string', 'validate an email address',
  'debounce a function', 'connect to the database', 'compute the eigenvalues of a matrix', 'rule that reports unused variables',
  'resolve a module request', 'throttle calls', 'deep clone an object', 'merge two sorted arrays', 'send an HTTP request',
  'draw a polygon on the map', 'load a texture', 'close the connection pool', 'escape HTML', 'read cookies from the header',
  'serialize to JSON', 'cancel a subscription', 'shortest path in a graph', 'colour of a terminal', 'handle an upload', 'compile a template',
]; // prettier-ignore

export interface WorkspaceOptions {
  /** Absolute path of the folder of an encoder; none where it is absent. */
  readonly encoder: string | undefined;
  /** Whether a few packages are enough. */
  readonly quick: boolean;
}

/** Seconds and milliseconds, by name. */
export async function measureWorkspace({ encoder, quick }: WorkspaceOptions): Promise<Record<string, number>> {
  const home = await mkdtemp(path.join(tmpdir(), 'glassbox-workspace-'));
  const numbers: Record<string, number> = {};
  try {
    const folder = path.join(home, 'workspace');
    for (const pinned of (await readPackages()).slice(0, quick ? 4 : undefined)) {
      await cp(await fetchPackage(pinned), path.join(folder, pinned.name.replace('/', '-')), { recursive: true });
    }
    numbers.files = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) =>
      entry.isFile(),
    ).length;
    const storage = path.join(home, 'storage');
    Object.assign(numbers, await indexAtFirst(folder, storage));
    Object.assign(numbers, await indexAgain(folder, storage));
    if (encoder !== undefined) Object.assign(numbers, await embedAll(folder, storage, encoder));
  } finally {
    await rm(home, { recursive: true, force: true, maxRetries: 5 });
  }
  return numbers;
}

async function indexAtFirst(folder: string, storage: string): Promise<Record<string, number>> {
  const index = new Index(folder, storage);
  try {
    const start = performance.now();
    // Somebody asks, and asks again while nothing is found: so the process is started.
    while ((await index.ask(questions[0]!)).length === 0) await sleep(20);
    const firstResultsMs = performance.now() - start;
    await index.until('idle');
    const seconds = (performance.now() - start) / 1000;
    const { mostMemoryMB } = index;
    const { files, chunks, bytes } = await index.client.request('size', {});
    const times: number[] = [];
    for (const question of questions) {
      const asked = performance.now();
      await index.ask(question);
      times.push(performance.now() - asked);
    }
    const { p50, p95 } = distribution(times);
    return {
      firstResultsMs, 'fastTier.seconds': seconds, 'fastTier.chunksPerSecond': chunks / seconds, 'fastTier.mostMemoryMB': mostMemoryMB,
      indexedFiles: files, chunks, indexMB: bytes / 1e6, 'query.p50Ms': p50, 'query.p95Ms': p95, 'query.memoryMB': index.memoryMB(),
    }; // prettier-ignore
  } finally {
    index.client.dispose();
  }
}

/** The next start of the editor, and a file that changes. */
async function indexAgain(folder: string, storage: string): Promise<Record<string, number>> {
  const index = new Index(folder, storage);
  try {
    const start = performance.now();
    await index.until('idle');
    const reopenSeconds = (performance.now() - start) / 1000;
    const changed = await aSource(folder);
    await appendFile(path.join(folder, changed), '\nfunction quiteUnheardOf() {\n  return 1;\n}\n');
    const saved = performance.now();
    await index.client.request('changed', { root: folder, paths: [changed] });
    while ((await index.ask('"quiteUnheardOf"')).length === 0) await sleep(1);
    return {
      'reopen.seconds': reopenSeconds,
      'reopen.embedded': index.embedded,
      'update.searchableMs': performance.now() - saved,
      'reopen.memoryMB': index.memoryMB(),
    };
  } finally {
    index.client.dispose();
  }
}

/** One that is indexed, the same each time: its path in the folder, with `/`. */
async function aSource(folder: string): Promise<string> {
  const files = (await readdir(folder, { recursive: true })).map((file) => file.replaceAll('\\', '/'));
  const sources = files.filter((file) => /\/(?:lib|src)\/[^.]+\.(?:js|ts|py)$/.test(file)).sort();
  const [first] = sources;
  if (first === undefined) throw new Error('The packages have no sources in lib or src.');
  return first;
}

/** The second pass, as long as it takes or a minute. */
async function embedAll(folder: string, storage: string, encoder: string): Promise<Record<string, number>> {
  const engine = new EngineClient({
    modulePath: path.resolve('dist/engine.js'),
    threads: () => 0,
    log: () => undefined,
  });
  const { facts, embed } = await openEncoder(engine, encoder);
  const index = new Index(folder, storage, { facts, embed });
  try {
    const { progress: begun } = await index.until('refining');
    await sleep(5_000);
    const [start, before] = [performance.now(), index.refined];
    while (performance.now() - start < watchedMs && index.progress?.phase === 'refining') await sleep(100);
    const perSecond = (index.refined - before) / ((performance.now() - start) / 1000);
    const times: number[] = [];
    for (const question of questions) {
      const asked = performance.now();
      await index.ask(question);
      times.push(performance.now() - asked);
    }
    return {
      'encoder.chunks': begun.refined?.total ?? 0,
      'encoder.chunksPerSecond': perSecond,
      'encoder.busyQuery.p95Ms': distribution(times).p95,
      'encoder.memoryMB': index.memoryMB(),
    };
  } finally {
    index.client.dispose();
    engine.dispose();
  }
}

/** An index process with one folder open. */
class Index {
  progress: Progress | undefined;
  /** Texts that were embedded, by its log. */
  embedded = 0;
  /** Chunks that the encoder has embedded, as it was told last. */
  refined = 0;
  /** Megabytes that the process held, at most, as often as it reported. */
  mostMemoryMB = 0;
  readonly client: IndexClient;

  constructor(folder: string, storage: string, encoder?: { facts: EncoderFacts; embed: SearchEncoder['embed'] }) {
    this.client = new IndexClient({
      modulePath: path.resolve('dist/indexer.js'),
      start: {
        storage,
        shared: path.join(storage, 'shared'),
        model: path.resolve('models/search'),
        grammars: path.resolve('node_modules/@vscode/tree-sitter-wasm/wasm'),
      },
      roots: () => [{ path: folder, excludes: [], first: [] }],
      ...(encoder && { encoder: () => encoder.facts, embed: encoder.embed }),
      log: (level, message) => {
        this.embedded += Number(/(\d+) pieces embedded\./.exec(message)?.[1] ?? 0);
        if (level === 'warn' || level === 'error') process.stderr.write(`${message}\n`);
      },
      onProgress: (progress) => {
        this.progress = progress;
        this.mostMemoryMB = Math.max(this.mostMemoryMB, this.memoryMB());
        this.refined = progress.refined?.done ?? this.refined;
      },
    });
  }

  async until(phase: Progress['phase']): Promise<{ progress: Progress }> {
    this.client.start();
    while (this.progress?.phase !== phase) await sleep(20);
    return { progress: this.progress };
  }

  /** What the process holds of the machine's memory; 0 where nobody tells. */
  memoryMB(): number {
    const { state } = this.client;
    if (state.kind !== 'ready') return 0;
    const { status, stdout } = spawnSync('ps', ['-o', 'rss=', '-p', String(state.pid)], { encoding: 'utf8' });
    return status === 0 ? Number(stdout) / 1024 : 0;
  }

  async ask(text: string): Promise<FoundChunk[]> {
    return (await this.client.request('search', { text, kind: 'words', top: 50 })).found;
  }
}
