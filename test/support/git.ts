import { spawnSync } from 'node:child_process';
import { devNull } from 'node:os';

/** Runs git on its own: no configuration of the machine or its user takes part. @throws {Error} where it fails; 1 is an answer to some questions */
export function git(
  folder: string,
  args: readonly string[],
  options: { input?: string; env?: NodeJS.ProcessEnv } = {},
) {
  const { input = '', env = {} } = options;
  const isolated = { GIT_CONFIG_GLOBAL: devNull, GIT_CONFIG_NOSYSTEM: '1', GIT_TERMINAL_PROMPT: '0' };
  const { status, stdout, stderr, error } = spawnSync('git', args, {
    cwd: folder,
    encoding: 'utf8',
    input,
    env: { ...process.env, ...isolated, ...env },
    maxBuffer: 2 ** 26,
  });
  if (error !== undefined || status === null || status > 1) throw error ?? new Error(stderr);
  return stdout;
}

/** Skips a test where there is no git; in continuous integration it fails instead. */
export function requireGit(test: Mocha.Context): void {
  const { error } = spawnSync('git', ['--version']);
  if (error === undefined) return;
  if (process.env.CI) throw error;
  console.log('      skipped: there is no git to compare with.');
  test.skip();
}

/** Sets variables of this process, in which git's configuration is looked for. @returns puts back what was there */
export function withEnvironment(values: Readonly<Record<string, string>>): () => void {
  const before = Object.keys(values).map((name) => [name, process.env[name]] as const);
  Object.assign(process.env, values);
  return () => {
    for (const [name, value] of before) {
      if (value === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = value;
    }
  };
}
