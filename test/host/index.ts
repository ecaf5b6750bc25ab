import Mocha from 'mocha';
import { appendFileSync, writeFileSync } from 'node:fs';
import { format } from 'node:util';

interface Wanted {
  /** The bundled test files. */
  files: string[];
  /** Part of the full titles of the tests to run. */
  filter: string;
  /** Milliseconds that one test may take. */
  timeout: number;
  /** Where the counts are written, with what failed, as JSON. */
  results: string;
  /** Where the report is written, and what tests print. */
  output: string;
}

/**
 * Entry point of the tests that run inside VS Code's extension host. What to run comes in an environment variable,
 * and what came of it goes to files, since the editor passes on an exit code only.
 *
 * @returns when all tests passed
 * @throws {Error} when one failed or none ran
 */
export async function run(): Promise<void> {
  const { files, filter, timeout, results, output } = JSON.parse(process.env.GLASSBOX_TESTS ?? '') as Wanted;
  printTo(output);

  const mocha = new Mocha({ timeout });
  for (const file of files) mocha.addFile(file);
  mocha.fgrep(filter);
  const faults: string[] = [];
  const { passes, failures, pending } = await new Promise<Mocha.Stats>((resolve) => {
    const runner = mocha.run(() => resolve(runner.stats!));
    runner.on('fail', (test, error: Error) => faults.push(`${test.fullTitle()}\n${error.stack ?? error.message}`));
  });
  writeFileSync(results, JSON.stringify({ passed: passes, failed: failures, skipped: pending, faults }));
  if (failures > 0 || passes === 0) throw new Error(`${passes} passed, ${failures} failed`);
}

function printTo(file: string) {
  const print = (...parts: unknown[]) => appendFileSync(file, format(...parts) + '\n');
  // The extension host has put an accessor there that takes no other function.
  Object.defineProperty(console, 'log', { value: print });
  Mocha.reporters.Base.consoleLog = print;
}
