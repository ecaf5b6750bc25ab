/**
 * Reads git's configuration as git-config(1) describes it: of the machine, the user, the repository and the working tree,
 * with what those include. Used by `repository.ts`. Git is never started, and nothing is written.
 */
import { homedir } from 'node:os';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { IgnoreList } from '../files/ignorePattern';
import { readVariables } from './configSyntax';
import type { Repository } from './layout';
import { readTextFile } from './textFile';

/** Files in all, so that those that include each other come to an end. */
const maxFiles = 64;

const truths: Readonly<Partial<Record<string, boolean>>> = {
  true: true, yes: true, on: true, false: false, no: false, off: false, '': false,
}; // prettier-ignore

/** What git is told for one repository. */
export class GitConfig {
  /** By name in lower case; the last one counts. Undefined is true. */
  readonly #values = new Map<string, string | undefined>();
  #files = 0;

  private constructor(private readonly repository: Repository) {}

  static async of(repository: Repository): Promise<GitConfig> {
    const { gitFolder, commonFolder } = repository;
    const { GIT_CONFIG_GLOBAL: global, GIT_CONFIG_NOSYSTEM: noSystem } = process.env;
    const config = new GitConfig(repository);
    if (noSystem === undefined || truths[noSystem] === false) await config.#read(machineFile());
    if (global !== undefined) await config.#read(global);
    else for (const file of [config.userFile('config'), join(homedir(), '.gitconfig')]) await config.#read(file);
    await config.#read(join(commonFolder, 'config'));
    if (config.flag('extensions.worktreeconfig') === true) await config.#read(join(gitFolder, 'config.worktree'));
    return config;
  }

  /** @returns undefined where nothing is said, or nothing that is true or false */
  flag(name: string): boolean | undefined {
    if (!this.#values.has(name)) return undefined;
    const value = this.#values.get(name)?.toLowerCase() ?? 'true';
    return truths[value] ?? (/^[-+]?\d+[kmg]?$/.test(value) ? Number.parseInt(value, 10) !== 0 : undefined);
  }

  /** @param base what the path is relative to @returns an absolute path, undefined where nothing is said */
  path(name: string, base: string): string | undefined {
    return this.#values.has(name) ? pathFrom(base, this.#values.get(name) ?? '') : undefined;
  }

  /** A file of the user's own git folder, as `ignore`. */
  userFile(name: string): string {
    const { XDG_CONFIG_HOME: home } = process.env;
    return join(home === undefined || home === '' ? join(homedir(), '.config') : home, 'git', name);
  }

  async #read(file: string): Promise<void> {
    if (++this.#files > maxFiles) return;
    for (const { name, value } of readVariables(await readTextFile(file, this.repository.top))) {
      this.#values.set(name, value);
      if (name === 'include.path' || this.#isMet(name, file)) await this.#read(pathFrom(dirname(file), value ?? ''));
    }
  }

  /** Whether a variable includes a file by where the repository lies; other conditions are never met. */
  #isMet(name: string, file: string): boolean {
    const [, ignoresCase, condition] = /^includeif\.gitdir(\/i)?:(.+)\.path$/s.exec(name) ?? [];
    if (condition === undefined) return false;
    const isPlaced = /^(?:~\/|\.\/)/.test(condition) || isAbsolute(condition);
    const pattern = isPlaced ? withSlashes(pathFrom(dirname(file), condition)) : `**/${condition}`;
    const list = new IgnoreList(pattern + (condition.endsWith('/') ? '/**' : ''), ignoresCase !== undefined);
    return list.verdict(withSlashes(this.repository.gitFolder).replace(/^\//, '')) === true;
  }
}

/** Where the system's own configuration is: git knows it from how it was built. */
function machineFile(): string {
  const { GIT_CONFIG_SYSTEM: named, ProgramFiles: programs = 'C:\\Program Files' } = process.env;
  if (named !== undefined) return named;
  return process.platform === 'win32' ? join(programs, 'Git', 'etc', 'gitconfig') : '/etc/gitconfig';
}

/** @param path as it is written; `~/` is the user's home */
function pathFrom(base: string, path: string): string {
  return path.startsWith('~/') ? join(homedir(), path.slice(2)) : resolve(base, path);
}

const withSlashes = (path: string): string => path.replaceAll('\\', '/');
