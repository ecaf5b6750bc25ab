/**
 * A host that does for minutes what an editor does: types, summarizes, looks inside, edits files and searches for what was
 * written. It counts what has no answer and what is answered wrongly. Made to be stopped and to have its processes killed.
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { EngineClient } from '../../src/ipc/engine/client';
import { IndexClient } from '../../src/ipc/indexer/client';
import type { StartOptions } from '../../src/ipc/indexer/protocol';
import { writeFiles } from './folder';

export interface LongRunTask {
  readonly engineModule: string;
  readonly indexModule: string;
  readonly start: Omit<StartOptions, 'died'>;
  /** Absolute path of the folder that is edited and searched. */
  readonly folder: string;
  readonly files: number;
  /** Absolute paths of the model folders that typing changes between. */
  readonly models: readonly [string, string];
}

export interface LongRunReport {
  readonly enginePid: number | undefined;
  readonly indexPid: number | undefined;
  /** Answered, by what was asked. */
  readonly answered: Readonly<Record<string, number>>;
  /** One sentence for each request that ended otherwise than it should have, the last ones. */
  readonly lost: readonly string[];
  readonly lostCount: number;
  /** Texts that were found although they were gone, or not found within a minute. */
  readonly stale: number;
  readonly slowestMs: number;
  readonly residentBytes: number;
  readonly trouble: string | undefined;
}

export type LongRunCommand = 'report' | 'stop';

const task = JSON.parse(process.argv[2] ?? '') as LongRunTask;
const answered: Record<string, number> = {};
const lost: string[] = [];
let [lostCount, stale, slowestMs, version] = [0, 0, 0, 0];
let stopping = false;
let trouble: string | undefined;

const engine = new EngineClient({ modulePath: task.engineModule, threads: () => 1, log: () => undefined });
const index = new IndexClient({
  modulePath: task.indexModule,
  start: task.start,
  roots: () => [{ path: task.folder, excludes: [], first: [] }],
  log: () => undefined,
  onProgress: (progress) => {
    trouble = progress.trouble;
  },
});

/** Counts how a request ends. @returns its result; undefined where there is none */
async function counted<Result>(what: string, ask: () => Promise<Result>, allowed: readonly string[] = []) {
  const began = performance.now();
  try {
    const result = await ask();
    slowestMs = Math.max(slowestMs, performance.now() - began);
    answered[what] = (answered[what] ?? 0) + 1;
    return result;
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    if (stopping || (code !== undefined && allowed.includes(code))) return undefined;
    lostCount++;
    lost.push(`${what}: ${message}`);
    if (lost.length > 20) lost.shift();
    return undefined;
  }
}

async function type(): Promise<void> {
  const line = 'const next = compute(value, factor);';
  for (let key = 0; ; key++) {
    const controller = new AbortController();
    // A key in seven comes before the answer to the one before it.
    if (key % 7 === 6) setTimeout(() => controller.abort(), 5);
    const prefix = `export function area${Math.floor(key / line.length)}(): void {\n  ${line.slice(0, key % line.length)}`;
    const model = task.models[Math.floor(key / 150) % 2] ?? task.models[0];
    await counted(
      'complete',
      () =>
        engine.request(
          'complete',
          { model, path: 'src/a.ts', context: [], prefix, suffix: '\n}\n', mode: 'line', maxTokens: 8 },
          { priority: 'completion', signal: controller.signal, deadlineMs: 30_000 },
        ),
      ['cancelled'],
    );
    await sleep(150);
  }
}

async function summarize(): Promise<void> {
  for (let round = 0; ; round++) {
    const prompt = { kind: 'text', text: `/** ${round} */\nfunction task() {` } as const;
    await counted('generate', () =>
      engine.request('generate', { model: task.models[0], prompt, maxTokens: 32 }, { priority: 'summarize' }),
    );
    await sleep(3_000);
  }
}

async function lookInside(): Promise<void> {
  for (let round = 0; ; round++) {
    const subject = { kind: 'text', text: `let value${round} = compute(${round});` } as const;
    const captured = await counted('capture', () =>
      engine.request('capture', { model: task.models[0], subject }, { priority: 'inspect' }),
    );
    if (captured !== undefined)
      await counted('release', () => engine.request('release', { capture: captured.capture }, { priority: 'inspect' }));
    await sleep(5_000);
  }
}

const textOf = (file: number, word: string): string => `export function task${file}() {\n  return ${word};\n}\n`;
const pathOf = (file: number): string => `src/${file % 100}/file${file}.ts`;

async function find(word: string): Promise<number | undefined> {
  const question = { text: `"${word}"`, kind: 'words', top: 3 } as const;
  return (await counted('search', () => index.request('search', question)))?.found.length;
}

async function edit(): Promise<void> {
  let before: string | undefined;
  let isLate = false;
  for (let round = 0; ; round++) {
    const word = `unheard${++version}of`;
    const file = (round * 7919) % task.files;
    // A branch is another text in many files at once; what is in one file is looked for.
    const isBranch = round % 10 === 9;
    for (let other = 0; isBranch && other < 200; other++)
      writeFiles(task.folder, { [pathOf(other)]: textOf(other, `branch${version}`) });
    writeFiles(task.folder, { [pathOf(file)]: textOf(file, word) });
    await counted('changed', () =>
      index.request('changed', { root: task.folder, ...(isBranch ? {} : { paths: [pathOf(file)] }) }),
    );
    const until = performance.now() + 60_000;
    // While nothing can be written, nothing new can be found.
    while ((await find(word)) === 0 && performance.now() < until) {
      isLate ||= trouble !== undefined;
      await sleep(250);
    }
    if ((await find(word)) === 0 && !isLate && trouble === undefined) stale++;
    isLate = false;
    if (before !== undefined) {
      writeFiles(task.folder, { [before]: '\n' });
      rmSync(join(task.folder, before));
      await counted('changed', () => index.request('changed', { root: task.folder, paths: [before ?? ''] }));
    }
    before = round % 3 === 0 ? pathOf(file) : undefined;
    await sleep(500);
  }
}

process.on('message', (command: LongRunCommand) => {
  if (command === 'stop') {
    stopping = true;
    engine.dispose();
    index.dispose();
    process.exit(0);
  }
  const [one, other] = [engine.state, index.state];
  process.send?.({
    enginePid: one.kind === 'ready' ? one.pid : undefined,
    indexPid: other.kind === 'ready' ? other.pid : undefined,
    answered,
    lost,
    lostCount,
    stale,
    slowestMs,
    residentBytes: process.memoryUsage.rss(),
    trouble,
  } satisfies LongRunReport);
});

for (const loop of [type, summarize, lookInside, edit]) void loop();
