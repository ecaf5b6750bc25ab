/**
 * Runs a script of this folder after doing the set-up it needs, so that every command works on a fresh clone:
 *
 *   node scripts/run.mjs <script> [arguments]
 *
 * Starts under any Node from 18 on and continues under Node 24. Set-up speaks on standard error only.
 */
import { continueUnderNode24 } from './lib/node24.mjs';
import { installPackages } from './lib/packages.mjs';

const [name, ...rest] = process.argv.slice(2);
if (name === undefined || !/^[a-z0-9]+$/.test(name))
  throw new Error('usage: node scripts/run.mjs <script> [arguments]');

// What is written to a file is plain: some packages decide by other signs, such as CI.
if (!process.stdout.isTTY) process.env.NO_COLOR ??= '1';

if (!(await continueUnderNode24())) {
  installPackages();
  const script = new URL(`./${name}.mjs`, import.meta.url);
  process.argv = [process.execPath, script.pathname, ...rest];
  await import(script.href).catch(explain);
}

/**
 * A failed build has told its errors already, and a plain `Error` of these scripts is a sentence for people.
 *
 * @param {Error & { errors?: unknown }} error
 */
function explain(error) {
  if (!Array.isArray(error.errors)) {
    if (error.constructor !== Error) throw error;
    process.stderr.write(`${error.message}\n`);
  }
  process.exit(1);
}
