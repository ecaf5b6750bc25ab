/**
 * Writes again the files of this repository that are generated and committed: `npm run generate`, or
 * `npm run generate -- STEP …` for some of them.
 */
import { generateOnnxMessages } from './lib/onnx-messages.mjs';

/** @type {Record<string, () => void | Promise<void>>} */
const steps = {
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
