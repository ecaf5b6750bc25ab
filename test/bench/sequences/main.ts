/**
 * Whether anything stale is ever offered, or anything fails, in random sequences of edits, cancelled requests, and switches of
 * documents, cells and models: `npm run bench -- sequences [--quick] [--json FILE]`. Ends with 1 where something is.
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { runSequences } from './sequences';

const { values } = parseArgs({ options: { quick: { type: 'boolean', default: false }, json: { type: 'string' } } });

async function main(): Promise<void> {
  const sequences = values.quick ? 2_000 : 100_000;
  const { steps, suggestions, faults } = await runSequences(sequences);
  const found = { sequences, requests: steps, suggestions, faults: faults.length };
  for (const [name, value] of Object.entries(found)) process.stdout.write(`${name}: ${value}\n`);
  for (const fault of faults.slice(0, 20)) process.stdout.write(`${fault}\n`);
  if (values.json !== undefined) writeFileSync(values.json, JSON.stringify(found, undefined, 2));
  if (faults.length > 0) process.exitCode = 1;
}

void main();
