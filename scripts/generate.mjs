/**
 * Writes again the files of this repository that are generated and committed: `npm run generate`, or
 * `npm run generate -- STEP …` for some of them. Unit tests say which page of docs/ is stale.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generateOnnxMessages } from './lib/onnx-messages.mjs';
import { root } from './lib/paths.mjs';
import { settingsPage } from './lib/settings-page.mjs';
import { usagePage } from './lib/usage-page.mjs';

/** Those that need no network first. @type {Record<string, () => void | Promise<void>>} */
const steps = {
  settings: () => writeFileSync(join(root, 'docs/settings.md'), settingsPage(root)),
  usage: async () => writeFileSync(join(root, 'docs/cli.md'), await usagePage(root)),
  onnx: generateOnnxMessages,
};

const asked = process.argv.slice(2);
for (const name of asked.length > 0 ? asked : Object.keys(steps)) {
  const step = steps[name];
  if (step === undefined)
    throw new Error(`There is nothing to generate for ${name}: the steps are ${Object.keys(steps).join(', ')}.`);
  process.stderr.write(`Generating: ${name}\n`);
  await step();
}
