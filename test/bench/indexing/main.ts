/**
 * What indexing costs the one who types: `npm run bench -- indexing [--quick] [--json FILE] [--encoder DIR]`; with `--large
 * [--files N] [--gigabytes N]`, what a workspace of 300,000 files and 40 GB of sparse binaries costs (`--quick`: a tenth).
 *
 * Types real code key by key, once with nothing else to do and once while a workspace of 5,000 files (`--quick`: 1,500) is
 * indexed by the index process, in turns, and compares the times of the completions. Ratios are what counts: above 1,
 * typing is slower by so much. With an encoder (a model folder), the same while that goes over the code in the background.
 */
import { cp, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { distribution } from '../../../src/cli/distribution';
import { EngineClient } from '../../../src/ipc/engine/client';
import { IndexClient } from '../../../src/ipc/indexer/client';
import type { IndexClientOptions } from '../../../src/ipc/indexer/client';
import type { Progress } from '../../../src/ipc/indexer/protocol';
import { openEncoder } from '../search/encoder';
import { measureLarge } from './large';

/** Milliseconds between two keys of somebody who types fast. */
const keyEveryMs = 90;
const keysPerTurn = 60;
const typedFile = 'node_modules/express/lib/response.js';

const paths = {
  engine: path.resolve('dist/engine.js'),
  indexer: path.resolve('dist/indexer.js'),
  decoder: path.resolve('models/decoder'),
  search: path.resolve('models/search'),
  grammars: path.resolve('node_modules/@vscode/tree-sitter-wasm/wasm'),
};

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      quick: { type: 'boolean', default: false },
      json: { type: 'string' },
      encoder: { type: 'string' },
      large: { type: 'boolean', default: false },
      files: { type: 'string' },
      gigabytes: { type: 'string' },
    },
  });
  if (values.large) {
    const [files, gigabytes] = values.quick ? [30_000, 4] : [300_000, 40];
    const wanted = { files: Number(values.files ?? files), gigabytes: Number(values.gigabytes ?? gigabytes) };
    return tell(await measureLarge(wanted), values.json);
  }
  const [files, turns] = values.quick ? [1_500, 1] : [5_000, 3];
  const home = await mkdtemp(path.join(tmpdir(), 'glassbox-indexing-'));
  const engine = new EngineClient({ modulePath: paths.engine, threads: () => 0, log: () => undefined });
  try {
    const workspace = path.join(home, 'workspace');
    await fill(workspace, files);
    const typist = new Typist(engine, await readFile(typedFile, 'utf8'));
    await typist.type(10, () => true);
    const quiet: number[] = [];
    const busy: number[] = [];
    const refining: number[] = [];
    const encoder = values.encoder === undefined ? undefined : await encoderOf(engine, path.resolve(values.encoder));
    const speeds: number[] = [];
    for (let turn = 0; turn < turns; turn++) {
      quiet.push(...(await typist.type(keysPerTurn, () => true)));
      const storage = path.join(home, `storage-${turn}`);
      const type: Type = (wanted) => typist.type(keysPerTurn, wanted);
      const { times, progress } = await during('indexing', workspace, storage, type);
      busy.push(...times);
      if (progress !== undefined) speeds.push(progress.chunksPerSecond);
      if (encoder !== undefined) refining.push(...(await during('refining', workspace, storage, type, encoder)).times);
    }
    const [alone, together] = [distribution(quiet), distribution(busy)];
    const numbers = {
      files,
      keysAlone: quiet.length,
      keysWhileIndexing: busy.length,
      'alone.p50Ms': alone.p50,
      'alone.p95Ms': alone.p95,
      'whileIndexing.p50Ms': together.p50,
      'whileIndexing.p95Ms': together.p95,
      'ratio.p50': together.p50 / alone.p50,
      'ratio.p95': together.p95 / alone.p95,
      ...(refining.length > 0 && {
        keysWhileRefining: refining.length,
        'ratio.refining.p50': distribution(refining).p50 / alone.p50,
        'ratio.refining.p95': distribution(refining).p95 / alone.p95,
      }),
      chunksPerSecond: speeds.reduce((sum, speed) => sum + speed, 0) / speeds.length,
    };
    await tell(numbers, values.json);
  } finally {
    engine.dispose();
    await rm(home, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function tell(numbers: Readonly<Record<string, number>>, json: string | undefined): Promise<void> {
  for (const [name, value] of Object.entries(numbers)) process.stdout.write(`${name.padEnd(22)} ${value.toFixed(2)}\n`);
  if (json !== undefined) await writeFile(json, `${JSON.stringify(numbers, undefined, 2)}\n`);
}

/** Copies code of the packages into a folder. */
async function fill(workspace: string, wanted: number): Promise<void> {
  const names = (await readdir('node_modules', { recursive: true }))
    .filter((name) => /\.[cm]?[jt]s$/.test(name))
    .sort();
  if (names.length < wanted) throw new Error(`There are ${names.length} files of code in node_modules, not ${wanted}.`);
  // Spread over all packages, as a workspace is of many parts.
  for (let index = 0; index < wanted; index++) {
    const name = names[Math.floor((index * names.length) / wanted)] ?? '';
    await cp(path.join('node_modules', name), path.join(workspace, name.replaceAll('node_modules', 'modules')));
  }
}

/** Types code into the middle of a file and asks for a completion after each key. */
class Typist {
  #at: number;

  constructor(
    private readonly engine: EngineClient,
    private readonly code: string,
  ) {
    this.#at = Math.floor(code.length / 4);
  }

  /** @param wanted whether a time is to be counted, asked before and after it was taken @returns milliseconds of each */
  async type(keys: number, wanted: () => boolean): Promise<number[]> {
    const times: number[] = [];
    while (times.length < keys && wanted()) {
      const start = performance.now();
      await this.#complete(++this.#at);
      const took = performance.now() - start;
      if (wanted()) times.push(took);
      await sleep(Math.max(0, keyEveryMs - took));
    }
    return times;
  }

  #complete(cursor: number): Promise<unknown> {
    const start = this.code.lastIndexOf('\n', Math.max(0, cursor - 6_000)) + 1;
    const end = this.code.indexOf('\n', cursor);
    const text = { prefix: this.code.slice(start, cursor), suffix: this.code.slice(end, end + 2_000) };
    return this.engine.request(
      'complete',
      { model: paths.decoder, path: 'response.js', context: [], ...text, mode: 'line', maxTokens: 16 },
      { priority: 'completion' },
    );
  }
}

type Type = (wanted: () => boolean) => Promise<number[]>;
type Encoder = Pick<IndexClientOptions, 'encoder' | 'embed'>;

/** The engine that completes embeds, too. */
async function encoderOf(engine: EngineClient, folder: string): Promise<Encoder> {
  const { facts, embed } = await openEncoder(engine, folder);
  return { encoder: () => facts, embed };
}

/** Brings an index up to date, and has somebody type while it is at something. */
async function during(
  phase: Progress['phase'],
  workspace: string,
  storage: string,
  type: Type,
  encoder?: Encoder,
): Promise<{ times: number[]; progress: Progress | undefined }> {
  let progress: Progress | undefined;
  let last: Progress | undefined;
  const client = new IndexClient({
    modulePath: paths.indexer,
    start: { storage, shared: path.join(storage, 'shared'), model: paths.search, grammars: paths.grammars },
    roots: () => [{ path: workspace, excludes: [], first: [] }],
    log: () => undefined,
    onProgress: (told) => {
      progress = told;
      if (told.phase === phase) last = told;
    },
    ...encoder,
  });
  try {
    client.start();
    while (progress?.phase !== phase) await sleep(5);
    const times = await type(() => progress?.phase === phase);
    return { times, progress: last };
  } finally {
    client.dispose();
  }
}

void main();
