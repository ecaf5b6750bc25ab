/**
 * Ignore rules of a folder: those that git has (`.gitignore`, `info/exclude`, `core.excludesFile`), `.glassboxignore` and
 * built-in defaults. Used by `walk.ts` and the nearby files of the host; patterns are the matter of `ignorePattern.ts`.
 */
import { stat } from 'node:fs/promises';
import { basename, dirname, join, relative, sep } from 'node:path';
import { repositoryAt, topAround } from '../git/layout';
import type { Repository } from '../git/layout';
import { ignoreSettings } from '../git/repository';
import { readTextFile } from '../git/textFile';
import { IgnoreList } from './ignorePattern';

/** Ignored unless a rule of the user's says otherwise (`!node_modules/`). */
const usual = [
  '.git', '.hg', '.svn', '.jj', 'node_modules/', 'bower_components/', '.venv/', 'venv/', '__pycache__/', '.tox/', '.mypy_cache/',
  '.yarn/', '.pnpm-store/', '.cache/', '.DS_Store', '*.map', '*.lock', '*.lockb', 'package-lock.json', 'npm-shrinkwrap.json',
  'pnpm-lock.yaml', 'go.sum',
].join('\n'); // prettier-ignore

/** The rules of one file, as they hold in a folder. */
interface Layer {
  readonly list: IgnoreList;
  /** Path of the folder that is asked about, from where the rules stand: `''` or ending with `/`. */
  readonly prefix: string;
  /** Git's own rules end where another repository begins. */
  readonly isGits: boolean;
}

/** A folder inside one whose rules are known. */
export interface Inside {
  readonly name: string;
  /** Its absolute path. */
  readonly folder: string;
  /** Names of what is in it, where they are known: then no file is looked for in vain. */
  readonly entries?: ReadonlySet<string>;
  /** The repository that begins here. */
  readonly repository?: Repository | undefined;
}

/** The rules that hold in one folder: its own, then those of the folders around it. */
export class IgnoreRules {
  /** @param layers the strongest first: the first that knows a name decides */
  private constructor(
    private readonly layers: readonly Layer[],
    /** As the file system does, or git for it. */
    readonly ignoreCase: boolean,
  ) {}

  /**
   * The rules for a folder that is to be indexed, with those of the repository that it lies in.
   * @param folder absolute path
   */
  static async forRoot(folder: string): Promise<IgnoreRules> {
    const top = await topAround(folder);
    const none = new IgnoreRules([], await ignoresCase(top ?? folder));
    const start = none.#with([{ list: new IgnoreList(usual, none.ignoreCase), prefix: '', isGits: false }]);
    if (top === undefined) return start.inside({ name: '', folder });
    let rules = await start.inside({ name: '', folder: top, repository: await repositoryAt(top) });
    let at = top;
    for (const name of relative(top, folder)
      .split(sep)
      .filter((step) => step !== '')) {
      at = join(at, name);
      // The root is inside a folder that is ignored: the user chose it nevertheless, so outer rules do not apply.
      if (rules.ignores(`${name}/`)) return start.inside({ name: '', folder });
      rules = await rules.inside({ name, folder: at });
    }
    return rules;
  }

  /** The rules that hold in a folder inside; with the name `''`, in the folder itself. */
  async inside({ name, folder, entries, repository }: Inside): Promise<IgnoreRules> {
    const step = name === '' ? '' : `${name}/`;
    const outer = this.layers.map((layer) => ({ ...layer, prefix: layer.prefix + step }));
    const kept =
      repository === undefined
        ? new IgnoreRules(outer, this.ignoreCase)
        : await new IgnoreRules(outer, this.ignoreCase).#enter(repository);
    const own = ['.glassboxignore', '.gitignore'].filter((file) => entries?.has(file) !== false);
    const texts = await Promise.all(own.map((file) => readTextFile(join(folder, file))));
    return kept.#with(
      own.map((file, at) => ({
        list: new IgnoreList(texts[at] ?? '', kept.ignoreCase),
        prefix: '',
        isGits: file === '.gitignore',
      })),
    );
  }

  /** @param name of an entry of the folder, with `/` behind that of a folder */
  ignores(name: string): boolean {
    for (const { list, prefix } of this.layers) {
      const verdict = list.verdict(prefix + name);
      if (verdict !== undefined) return verdict;
    }
    return false;
  }

  async #enter(repository: Repository): Promise<IgnoreRules> {
    const { ignoreCase, excludes } = await ignoreSettings(repository);
    const outer = this.layers.filter(({ isGits }) => !isGits);
    return new IgnoreRules(outer, ignoreCase).#with(
      excludes.map((text) => ({ list: new IgnoreList(text, ignoreCase), prefix: '', isGits: true })),
    );
  }

  #with(stronger: readonly Layer[]): IgnoreRules {
    return new IgnoreRules([...stronger.filter(({ list }) => !list.isEmpty), ...this.layers], this.ignoreCase);
  }
}

/** Whether a folder's name may be written in other letters: what git asks of a file system when it makes a repository. */
async function ignoresCase(folder: string): Promise<boolean> {
  const name = basename(folder);
  const other = name === name.toUpperCase() ? name.toLowerCase() : name.toUpperCase();
  // A name without letters tells nothing.
  if (other === name) return process.platform === 'win32' || process.platform === 'darwin';
  const [own, same] = await Promise.all(
    [folder, join(dirname(folder), other)].map((path) => stat(path, { bigint: true }).catch(() => undefined)),
  );
  return own !== undefined && own.ino === same?.ino && own.dev === same.dev;
}
