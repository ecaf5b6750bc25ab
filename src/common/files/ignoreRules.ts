/**
 * Ignore rules of a folder from `.gitignore`, `.glassboxignore` and built-in defaults; used by `walk.ts` and the
 * nearby files of the host.
 */
import { stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import ignore from 'ignore';
import type { Ignore } from 'ignore';
import { readBounded } from './boundedRead';

/** Later files overrule earlier ones. */
const ruleFiles = ['.gitignore', '.glassboxignore'];

/** Bytes. */
const maxRulesBytes = 2 ** 20;

/** Ignored unless a rule of the user's says otherwise (`!node_modules/`). */
const usual = [
  '.git', '.hg', '.svn', '.jj', 'node_modules/', 'bower_components/', '.venv/', 'venv/', '__pycache__/', '.tox/', '.mypy_cache/',
  '.yarn/', '.pnpm-store/', '.cache/', '.DS_Store', '*.map', '*.lock', '*.lockb', 'package-lock.json', 'npm-shrinkwrap.json',
  'pnpm-lock.yaml', 'go.sum',
]; // prettier-ignore

/** The rules that hold in one folder: its own, then those of the folders around it. */
export class IgnoreRules {
  /** @param prefix path of what is asked about, relative to where the rules stand: `''` or ending with `/` */
  private constructor(
    private readonly rules: Ignore,
    private readonly prefix: string,
    private readonly outer: IgnoreRules | undefined,
  ) {}

  /**
   * The rules for a folder that is to be indexed, with those of the repository that it lies in.
   * @param folder absolute path
   */
  static async forRoot(folder: string): Promise<IgnoreRules> {
    const above: string[] = [];
    for (let at = folder; !(await exists(join(at, '.git'))); at = dirname(at)) {
      if (dirname(at) === at) {
        above.length = 0;
        break;
      }
      above.unshift(at);
    }
    const top = above[0] === undefined ? folder : dirname(above[0]);
    const start = new IgnoreRules(ignore().add(usual), '', undefined);
    const exclude = await readRules(join(top, '.git', 'info', 'exclude'));
    let rules = await new IgnoreRules(ignore().add(exclude), '', start).inside('', top);
    for (const at of above) {
      const name = basename(at);
      // The root is inside a folder that is ignored: the user chose it nevertheless, so outer rules do not apply.
      if (rules.ignores(`${name}/`)) return start.inside('', folder);
      rules = await rules.inside(name, at);
    }
    return rules;
  }

  /**
   * The rules that hold in a folder inside.
   * @param name of the folder; `''` for the folder itself
   * @param folder absolute path
   */
  async inside(name: string, folder: string): Promise<IgnoreRules> {
    const outer = name === '' ? this : this.#below(`${name}/`);
    const texts = await Promise.all(ruleFiles.map((file) => readRules(join(folder, file))));
    return outer !== undefined && texts.every((text) => text === '')
      ? outer
      : new IgnoreRules(ignore().add(texts.join('\n')), '', outer);
  }

  /** @param name of an entry of the folder, with `/` behind that of a folder */
  ignores(name: string): boolean {
    const { ignored, unignored } = this.rules.test(this.prefix + name);
    return ignored || (!unignored && this.outer?.ignores(name) === true);
  }

  /** Without the rules that ignore the folder, for inner ones have overruled them: they would ignore all that is in it. */
  #below(step: string): IgnoreRules | undefined {
    const outer = this.outer === undefined ? undefined : this.outer.#below(step);
    return this.rules.test(this.prefix + step).ignored ? outer : new IgnoreRules(this.rules, this.prefix + step, outer);
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

/** @returns the empty text where there is no such file or it cannot be read, or is none that a person wrote */
async function readRules(path: string): Promise<string> {
  const read = await readBounded(path, { most: maxRulesBytes }).catch(() => undefined);
  return read !== undefined && 'bytes' in read ? read.bytes.toString('utf8') : '';
}
