/**
 * What summaries cost: `npm run bench -- summarize [--quick] [--json FILE] [--model DIR] [--only PART]`. PART is
 *
 * - `first`: milliseconds from the request to the first words, by the summarizer with its parsing, splitting and the
 *   engine process, for whole symbols of this project's sources; beside it the first token behind one bare prompt with
 *   the beginning of the same code. The ratio is what summarizing adds. And the same again, from memory.
 * - `long`: a file of 5,000 lines (`--quick`: 1,000) to its end: memory, questions, and how many of them are asked again
 *   after it was stopped and after a function of it has changed.
 * - `screen`, only by name, as it needs `npm run package` before: milliseconds until the first words are drawn.
 * - `lines`: whether the lines that a sentence is said to stand on matter: its probability with the heaviest line hidden,
 *   against that with other stretches of the prompt hidden.
 */
import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { EngineClient } from '../../../src/ipc/engine/client';
import { Grammars } from '../../../src/syntax/grammars';
import { measureFirstWords } from './first';
import { measureLines } from './lines';
import { measureLong } from './long';
import { measureScreen } from './screen';

const grammarFolder = resolve('node_modules/@vscode/tree-sitter-wasm/wasm');

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      quick: { type: 'boolean', default: false },
      json: { type: 'string' },
      model: { type: 'string', default: join('models', 'decoder') },
      only: { type: 'string' },
    },
  });
  const model = resolve(values.model);
  const wants = (part: string): boolean => values.only === undefined || values.only === part;
  const say = (line: string): void => void process.stdout.write(`${line}\n`);
  const engine = new EngineClient({
    modulePath: resolve('dist/engine.js'),
    threads: () => 0,
    log: () => undefined,
    timeouts: { grace: 60_000 },
  });
  const numbers: Record<string, number> = {};
  try {
    await engine.request('load', { model }, { priority: 'summarize' });
    const grammars = new Grammars(grammarFolder);
    if (wants('first'))
      Object.assign(numbers, await measureFirstWords(engine, model, grammars, values.quick ? 6 : 20, say));
    if (wants('lines')) Object.assign(numbers, await measureLines(engine, model, grammars, values.quick ? 8 : 40, say));
    if (values.only === 'screen') Object.assign(numbers, await measureScreen(grammars, values.quick ? 3 : 10, say));
    if (wants('long'))
      Object.assign(numbers, await measureLong(engine, model, grammars, values.quick ? 1_000 : 5_000, say));
  } finally {
    engine.dispose();
  }
  if (values.json !== undefined) await writeFile(values.json, `${JSON.stringify(numbers, undefined, 2)}\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
