/**
 * What holds over time: `npm run bench -- soak [--quick] [--kills N] [--minutes N] [--files N] [--json FILE]`.
 *
 * Without more, whether the engine's memory stays flat over ten thousand completions of different texts, some of them
 * cancelled; growth is told for what comes behind the warm-up, in which caches fill. `--kills` kills each process so often
 * with a busy main thread, and as often its host. `--minutes` works like an editor while things go wrong.
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { startEngine } from '../../support/engine';
import { gone, killBusy, served } from '../../support/kills';
import { soak } from '../../support/soak';
import { longRun } from './longRun';

const mebibyte = 2 ** 20;
const text = { type: 'string' } as const;
/** How many kills `--quick` makes of each process. */
const quickKills = 5;

async function memory(requests: number): Promise<Record<string, number>> {
  const { client } = startEngine();
  try {
    const started = performance.now();
    const { startBytes, firstBytes, lastBytes, peakBytes } = await soak(client, requests, (done, bytes) => {
      if (done % 500 === 0) process.stderr.write(`${done}: ${(bytes / mebibyte).toFixed(1)} MiB\n`);
    });
    return {
      requests,
      seconds: Math.round((performance.now() - started) / 1000),
      start_mib: startBytes / mebibyte,
      most_mib: peakBytes / mebibyte,
      warm_mib: firstBytes / mebibyte,
      last_mib: lastBytes / mebibyte,
      growth_after_warm_up_mib: (lastBytes - firstBytes) / mebibyte,
    };
  } finally {
    client.dispose();
  }
}

async function kills(rounds: number): Promise<Record<string, number>> {
  const found: Record<string, number> = {};
  for (const kind of ['engine', 'index'] as const) {
    const { servedMs, goneMs } = await killBusy(kind, rounds, (round) => {
      if (round % 20 === 0) process.stderr.write(`${kind}: ${round} of ${rounds}\n`);
    });
    Object.assign(found, {
      [`${kind}_kills`]: servedMs.length,
      [`${kind}_served_ms_median`]: [...servedMs].sort((a, b) => a - b)[Math.floor(rounds / 2)] ?? 0,
      [`${kind}_served_ms_most`]: Math.max(...servedMs),
      [`${kind}_served_late`]: servedMs.filter((ms) => ms > served).length,
      [`${kind}_orphans`]: goneMs.filter((ms) => ms > gone).length,
      [`${kind}_gone_ms_most`]: Math.max(...goneMs),
    });
  }
  return found;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      quick: { type: 'boolean', default: false },
      kills: text,
      minutes: text,
      files: { ...text, default: '50000' },
      json: text,
    },
  });
  const found: Record<string, number> = {};
  if (values.kills === undefined && values.minutes === undefined)
    Object.assign(found, await memory(values.quick ? 4_000 : 10_000));
  const rounds = values.kills === undefined ? (values.quick ? quickKills : 0) : Number(values.kills);
  if (rounds > 0) Object.assign(found, await kills(rounds));
  if (values.minutes !== undefined) Object.assign(found, await longRun(Number(values.minutes), Number(values.files)));
  process.stdout.write(`${JSON.stringify(found, undefined, 2)}\n`);
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(found, undefined, 2)}\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
