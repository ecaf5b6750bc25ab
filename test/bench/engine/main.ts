/**
 * How fast the engine decodes, beside the runtimes that others use, with the same random weights:
 * `npm run bench -- engine [--quick] [--json FILE] [--only NAME,NAME] [--shapes m135,m500,base] [--threads 1,2]
 * [--prompts 512,…] [--rounds N] [--profile|--latency]`. Shapes are decoders of 135 million and of half a billion weights, or
 * `base`, the GGUF file that the product's decoder is made from, converted as a person's own file is, for all but transformers.js;
 * lengths are in tokens; `--profile` says instead which operators ours spends its time in, `--latency` how long appending
 * to a long text and giving a request up take.
 *
 * `native` packs its weights when it is opened, as a model's first opening does; `packed` maps what is kept of that, as later
 * ones do. `block128` and `bits8` are the same weights in 4 bits with a scale for 128 of them and in 8 bits, with the divergence of what
 * they predict.
 *
 * Contenders run in processes of their own and take turns, so that whatever else the machine does meets them alike; a turn
 * of all of them in which other processes computed is taken again. Ratios are of medians over the rounds; above 1, ours is
 * faster.
 */
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { engineEnvironment } from '../../../src/ipc/engine/client';
import { createRandom } from '../../support/random';
import { root } from '../../support/paths';
import { m135, m500 } from '../../support/decoderModel/shape';
import { measureBandwidth } from './bandwidth';
import { serve } from './child';
import type { Job, Measurement, ToParent } from './child';
import { contenderNames, ensurePacked, isTier } from './contenders';
import type { ContenderName, Setting } from './contenders';
import { latency } from './latency';
import { ensureBase, ensureModels, ensureTier } from './models';
import { watchOthers } from './others';
import { ensurePeers } from './peers';
import { profile } from './profile';
import { median, ratios, table } from './report';
import type { Row } from './report';
import { tierDistance } from './tiers';
import type { TierName } from './tiers';

const shapes = { m135, m500, base: m135 } as const;
type ShapeName = keyof typeof shapes;
/** Of random weights; the base is the file that the decoder comes from, converted as a person's own file is. */
const modelsOf = (name: ShapeName) =>
  name === 'base' ? ensureBase(join(cache, name)) : Promise.resolve(ensureModels(join(cache, name), shapes[name]));
const isShape = (name: string): name is ShapeName => Object.hasOwn(shapes, name);

/** Tokens written behind each prompt: the longest prompt and they fill the context. */
const defaultPlan = { prompts: [128, 512, 1024, 1984], rounds: 5, count: 64 };
const quickPlan = { prompts: [512], rounds: 3, count: 32 };
const cache = join(process.env.GLASSBOX_CACHE ?? join(root, '.cache'), 'bench/engine');

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      quick: { type: 'boolean', default: false },
      profile: { type: 'boolean', default: false },
      latency: { type: 'boolean', default: false },
      json: { type: 'string' },
      only: { type: 'string' },
      shapes: { type: 'string' },
      threads: { type: 'string', default: '1,2' },
      prompts: { type: 'string' },
      rounds: { type: 'string' },
    },
  });
  const names = contenderNames.filter((name) => values.only?.split(',').includes(name) ?? true);
  const wanted = (values.shapes ?? (values.quick ? 'm135' : 'm135,m500')).split(',').filter(isShape);
  const plan: Plan = { ...(values.quick ? quickPlan : defaultPlan) };
  if (values.prompts !== undefined) plan.prompts = values.prompts.split(',').map(Number);
  if (values.rounds !== undefined) plan.rounds = Number(values.rounds);
  const threadCounts = values.threads.split(',').map(Number);
  if (values.profile) {
    for (const name of wanted)
      process.stdout.write(`${name}\n${await profile((await modelsOf(name)).graph, shapes[name], threadCounts)}\n`);
    return;
  }
  if (values.latency) {
    const found: Record<string, number> = {};
    for (const name of wanted) {
      const { graph } = await modelsOf(name);
      for (const threads of threadCounts) {
        const one = await latency(graph, shapes[name], threads);
        for (const [key, value] of Object.entries(one)) found[`${name}_${key}`] = value;
      }
    }
    process.stdout.write(`${JSON.stringify(found, undefined, 2)}\n`);
    if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(found, undefined, 2)}\n`);
    return;
  }
  ensurePeers(cache);
  const rows: Row[] = [];
  for (const name of wanted) {
    const shape = shapes[name];
    const models = await modelsOf(name);
    const tierPath = (tier: TierName) => (names.includes(tier) ? ensureTier(models.graph, tier) : '');
    const tierGraphs = { block128: tierPath('block128'), bits8: tierPath('bits8') };
    if (names.includes('packed')) process.stderr.write(`${await ensurePacked(models.graph, shape, cache)}\n`);
    for (const threads of threadCounts) {
      const settings = names.map((contender): Setting => ({
        contender,
        shape,
        ...models,
        tierGraphs,
        peers: cache,
        threads,
      }));
      const bound = (await measureBandwidth(threads)) / weightBytes(models);
      rows.push(...(await measure(settings, plan)).map((row): Row => ({ ...row, shape: name, bound })));
    }
  }
  process.stdout.write(`${table(rows)}\n`);
  const found = ratios(rows);
  for (const name of names.some(isTier) ? wanted : []) {
    const { graph } = await modelsOf(name);
    for (const tier of names.filter(isTier)) {
      const distance = await tierDistance(graph, ensureTier(graph, tier), shapes[name]);
      process.stdout.write(
        `${tier} of ${name}: its predictions are ${distance.toExponential(2)} nats a token from those of the weights it was made of\n`,
      );
      found[`distance_of_${tier}${name === 'm135' ? '' : `_${name}`}`] = distance;
    }
  }
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(found, undefined, 2)}\n`);
}

interface Opened {
  readonly setting: Setting;
  readonly child: ChildProcess;
  readonly loadMs: number;
}

/** Bytes that are read for a token: the matrices, not the graph around them. */
const weightBytes = ({ gguf }: { gguf: string }): number => statSync(gguf).size;

interface Plan {
  /** Lengths in tokens. */
  prompts: readonly number[];
  rounds: number;
  /** Tokens written behind each prompt. */
  readonly count: number;
}

async function measure(
  settings: readonly Setting[],
  { prompts, rounds, count }: Plan,
): Promise<Omit<Row, 'shape' | 'bound'>[]> {
  const open: Opened[] = [];
  try {
    // One after the other: loading is measured too.
    for (const setting of settings) open.push(await start(setting));
    const random = createRandom(1);
    const prompt = (length: number) =>
      Array.from({ length }, () => Math.floor(random() * (settings[0]?.shape.vocabulary ?? 0)));
    const found = new Map<string, Measurement[]>();
    let again = maxRetakes * rounds * prompts.length;
    // The first round warms up and is not counted.
    for (let round = 0; round <= rounds; round++) {
      for (const length of prompts) {
        for (;;) {
          const { measured, disturbed } = await takeTurns(open, { prompt: prompt(length), count });
          process.stderr.write(
            `${length} tokens, round ${round} of ${rounds}${disturbed ? ', while others computed' : ''}\n`,
          );
          if (round > 0 && disturbed && again-- > 0) continue;
          if (round > 0)
            for (const [contender, one] of measured)
              found.set(`${contender} ${length}`, [...(found.get(`${contender} ${length}`) ?? []), one]);
          break;
        }
      }
    }
    return open.flatMap(({ setting, loadMs }) =>
      prompts.map((length) => {
        const all = found.get(`${setting.contender} ${length}`) ?? [];
        const middle = (name: keyof Measurement) => median(all.map((one) => one[name]));
        return {
          contender: setting.contender,
          threads: setting.threads,
          prompt: length,
          loadMs,
          residentBytes: middle('residentBytes'),
          ownBytes: middle('ownBytes'),
          decode: 1000 / middle('decodeMs'),
          prefill: (1000 * length) / middle('prefillMs'),
          decodeCpuMs: middle('decodeCpuMs'),
          prefillCpuMs: middle('prefillCpuMs') / length,
        };
      }),
    );
  } finally {
    for (const { child } of open) child.kill('SIGKILL');
  }
}

/** How often a turn is taken again, for each that counts. */
const maxRetakes = 1;
/** Threads of a pool look for more to do for some time behind a run. */
const restMs = 150;

/** Each contender does the same, one after the other. */
async function takeTurns(
  open: readonly Opened[],
  job: Job,
): Promise<{ measured: Map<ContenderName, Measurement>; disturbed: boolean }> {
  const measured = new Map<ContenderName, Measurement>();
  let disturbed = false;
  for (const {
    setting: { contender },
    child,
  } of open) {
    await setTimeout(restMs);
    const othersComputed = watchOthers();
    child.send(job);
    const one = await answer(child, contender);
    if (one.kind !== 'measured') throw new Error(`${contender} measured nothing.`);
    measured.set(contender, one);
    disturbed ||= othersComputed(one.cpuMs);
  }
  return { measured, disturbed };
}

async function start(setting: Setting): Promise<Opened> {
  const child = fork(__filename, [], {
    env: { ...process.env, ...engineEnvironment, GLASSBOX_BENCH: JSON.stringify(setting) },
    stdio: ['ignore', 2, 2, 'ipc'],
  });
  const opened = await answer(child, setting.contender);
  if (opened.kind !== 'open') throw new Error(`${setting.contender} did not open.`);
  return { setting, child, loadMs: opened.loadMs };
}

async function answer(child: ChildProcess, name: ContenderName): Promise<ToParent> {
  const answered = new AbortController();
  const { signal } = answered;
  const ended = once(child, 'exit', { signal }).then(() => {
    throw new Error(`${name} ended.`);
  });
  const message = (await Promise.race([once(child, 'message', { signal }), ended]))[0] as ToParent;
  ended.catch(() => undefined);
  answered.abort();
  if (message.kind === 'failed') throw new Error(`${name} failed: ${message.reason}`);
  return message;
}

const setting = process.env.GLASSBOX_BENCH;
(setting === undefined ? main() : serve(JSON.parse(setting) as Setting)).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
