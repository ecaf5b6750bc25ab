/**
 * How many chunks of code an encoder turns into vectors in a second, beside transformers.js with the same weights:
 * `npm run bench -- encoder [--quick] [--json FILE] [--model DIR] [--only NAME,NAME] [--threads 1,2] [--rounds N]`.
 *
 * Without `--model`, weights are random in the shape of all-MiniLM-L6-v2: they tell of speed, and of rounding only that much
 * that nothing goes wrong. Texts are chunks of node_modules as search cuts them, handed over 32 at a time as the index process
 * does. Contenders run in processes of their own and take turns, so that whatever else the machine does meets them alike.
 * Ratios are of medians over the rounds, to transformers.js with float32: above 1, more chunks; `cpu` by processor time.
 * Losses are 1 − cosine to its vectors; without it (`--only rounded,exact`, as for folders it does not know), to those of the file.
 */
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { root } from '../../support/paths';
import { ensurePeers } from '../engine/peers';
import { median } from '../engine/report';
import { contenderNames, openContender } from './contenders';
import type { ContenderName, Setting } from './contenders';
import { ensureEncoder } from './models';
import { readChunks } from './texts';

/** Texts of one call, as in src/indexer/indexing/upgrade.ts, and of one round. */
const textsPerCall = 32;
const defaultPlan = { rounds: 5, texts: 128 };
const quickPlan = { rounds: 3, texts: 64 };
const cache = join(process.env.GLASSBOX_CACHE ?? join(root, '.cache'), 'bench');

/** What is asked of a contender, and what it answers. */
type Job = { readonly kind: 'embed' | 'measure'; readonly texts: readonly string[] };
type Answer = {
  readonly ms: number;
  readonly cpuMs: number;
  readonly vectors?: readonly number[];
  readonly tokens?: number;
};

interface Measured {
  readonly contender: ContenderName;
  readonly threads: number;
  /** Chunks per second, of the clock and of the processor. */
  readonly chunks: number;
  readonly chunksPerCpu: number;
  /** Largest and mean 1 − cosine to transformers.js. */
  readonly worst: number;
  readonly mean: number;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      quick: { type: 'boolean', default: false },
      json: { type: 'string' },
      model: { type: 'string' },
      only: { type: 'string' },
      threads: { type: 'string', default: '1,2' },
      rounds: { type: 'string' },
    },
  });
  const plan = values.quick ? quickPlan : defaultPlan;
  const rounds = values.rounds === undefined ? plan.rounds : Number(values.rounds);
  const model = values.model === undefined ? ensureEncoder(join(cache, 'encoder')) : resolve(values.model);
  const names = contenderNames.filter((name) => values.only?.split(',').includes(name) ?? true);
  const peers = join(cache, 'engine');
  if (names.some((name) => name.startsWith('transformers'))) ensurePeers(peers, ['transformers']);
  const texts = await readChunks((rounds + 1) * plan.texts);
  const all: Measured[] = [];
  for (const threads of values.threads.split(',').map(Number)) {
    const settings = names.map((contender): Setting => ({ contender, model, peers, threads }));
    all.push(...(await measure(settings, texts, rounds, plan.texts)));
  }
  const base = (threads: number) => all.find((one) => one.contender === 'transformers' && one.threads === threads);
  const numbers: Record<string, number> = {};
  for (const one of all) {
    const name = `${one.contender}_${one.threads}t`;
    const row = {
      chunks: one.chunks,
      chunks_per_cpu: one.chunksPerCpu,
      ratio: one.chunks / (base(one.threads)?.chunks ?? NaN),
      ratio_cpu: one.chunksPerCpu / (base(one.threads)?.chunksPerCpu ?? NaN),
      loss_mean: one.mean,
      loss_worst: one.worst,
    };
    for (const [key, value] of Object.entries(row)) if (Number.isFinite(value)) numbers[`${key}_${name}`] = value;
    const cells = Object.entries(row).map(
      ([key, value]) => `${key} ${key.startsWith('loss') ? value.toExponential(1) : value.toFixed(2)}`,
    );
    process.stdout.write(`${name.padEnd(22)} ${cells.join('  ')}\n`);
  }
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(numbers, undefined, 2)}\n`);
}

async function measure(
  settings: readonly Setting[],
  texts: readonly string[],
  rounds: number,
  perRound: number,
): Promise<Measured[]> {
  const open: { setting: Setting; child: ChildProcess }[] = [];
  try {
    for (const setting of settings) open.push({ setting, child: await start(setting) });
    const times = new Map<ContenderName, Answer[]>();
    const vectors = new Map<ContenderName, readonly number[]>();
    // The first round warms up; its vectors are compared.
    for (let round = 0; round <= rounds; round++) {
      const own = texts.slice(round * perRound, (round + 1) * perRound);
      for (const {
        setting: { contender },
        child,
      } of open) {
        const found = await ask(child, { kind: round === 0 ? 'embed' : 'measure', texts: own });
        process.stderr.write(`${contender}: round ${round} of ${rounds}, ${found.ms.toFixed(0)} ms\n`);
        if (round > 0) times.set(contender, [...(times.get(contender) ?? []), found]);
        else if (found.vectors) vectors.set(contender, found.vectors);
        if (round === 0 && found.tokens !== undefined)
          process.stderr.write(`${(found.tokens / own.length).toFixed(0)} tokens a chunk\n`);
      }
    }
    const base = vectors.get('transformers') ?? vectors.get('exact');
    return open.map(({ setting: { contender, threads } }) => {
      const all = times.get(contender) ?? [];
      const distances = base ? distancesOf(vectors.get(contender) ?? [], base, perRound) : [];
      return {
        contender,
        threads,
        chunks: (1000 * perRound) / median(all.map(({ ms }) => ms)),
        chunksPerCpu: (1000 * perRound) / median(all.map(({ cpuMs }) => cpuMs)),
        worst: distances.length > 0 ? Math.max(...distances) : NaN,
        mean: distances.reduce((sum, value) => sum + value, 0) / distances.length,
      };
    });
  } finally {
    for (const { child } of open) child.kill('SIGKILL');
  }
}

function distancesOf(vectors: readonly number[], base: readonly number[], texts: number): number[] {
  const dimension = base.length / texts;
  return Array.from({ length: texts }, (_, text) => {
    let product = 0;
    for (let at = text * dimension; at < (text + 1) * dimension; at++)
      product += (vectors[at] ?? NaN) * (base[at] ?? NaN);
    return Math.max(0, 1 - product);
  });
}

async function start(setting: Setting): Promise<ChildProcess> {
  const child = fork(__filename, [], {
    env: { ...process.env, GLASSBOX_BENCH: JSON.stringify(setting) },
    stdio: ['ignore', 2, 2, 'ipc'],
    serialization: 'advanced',
  });
  await reply(child);
  return child;
}

function ask(child: ChildProcess, job: Job): Promise<Answer> {
  child.send(job);
  return reply(child) as Promise<Answer>;
}

async function reply(child: ChildProcess): Promise<unknown> {
  const ended = once(child, 'exit').then(() => {
    throw new Error('A contender ended.');
  });
  const message = (await Promise.race([once(child, 'message'), ended]))[0] as unknown;
  ended.catch(() => undefined);
  return message;
}

/** A contender in a process of its own. */
async function serve(setting: Setting): Promise<void> {
  process.on('disconnect', () => process.exit());
  const { embed, tokens } = await openContender(setting);
  process.on('message', ({ kind, texts }: Job) => {
    void (async () => {
      const vectors: number[] = [];
      const [started, cpu] = [performance.now(), process.cpuUsage()];
      for (let at = 0; at < texts.length; at += textsPerCall) {
        const found = await embed(texts.slice(at, at + textsPerCall));
        if (kind === 'embed') vectors.push(...found);
      }
      const { user, system } = process.cpuUsage(cpu);
      const answer: Answer = { ms: performance.now() - started, cpuMs: (user + system) / 1000 };
      process.send?.(kind === 'embed' ? { ...answer, vectors, tokens: await tokens?.(texts) } : answer);
    })().catch((error: unknown) => fail(error));
  });
  process.send?.('open');
}

function fail(error: unknown): void {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  process.exit(1);
}

const setting = process.env.GLASSBOX_BENCH;
(setting === undefined ? main() : serve(JSON.parse(setting) as Setting)).catch(fail);
