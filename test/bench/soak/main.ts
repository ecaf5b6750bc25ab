/**
 * Whether the engine's memory stays flat: `npm run bench -- soak [--quick] [--json FILE]`. Ten thousand completions of
 * different texts, some of them cancelled; growth is told for what comes behind the warm-up, in which caches fill.
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { startEngine } from '../../support/engine';
import { soak } from '../../support/soak';

const mebibyte = 2 ** 20;

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { quick: { type: 'boolean', default: false }, json: { type: 'string' } } });
  const { client } = startEngine();
  try {
    const started = performance.now();
    const { requests, startBytes, firstBytes, lastBytes, mostBytes } = await soak(
      client,
      values.quick ? 4_000 : 10_000,
      (done, bytes) => {
        if (done % 500 === 0) process.stderr.write(`${done}: ${(bytes / mebibyte).toFixed(1)} MiB\n`);
      },
    );
    const found = {
      requests,
      seconds: Math.round((performance.now() - started) / 1000),
      start_mib: startBytes / mebibyte,
      most_mib: mostBytes / mebibyte,
      warm_mib: firstBytes / mebibyte,
      last_mib: lastBytes / mebibyte,
      growth_after_warm_up_mib: (lastBytes - firstBytes) / mebibyte,
    };
    process.stdout.write(`${JSON.stringify(found, undefined, 2)}\n`);
    if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(found, undefined, 2)}\n`);
  } finally {
    client.dispose();
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
