import assert from 'node:assert/strict';
import { appendFileSync, mkdirSync, readdirSync } from 'node:fs';
import { join, sep } from 'node:path';
import { IgnoreList } from '../../src/common/files/ignorePattern';
import { walkPaths } from '../../src/common/files/walk';
import { makeFolder, writeFiles } from '../support/folder';
import { git, requireGit, withEnvironment } from '../support/git';
import { createRandom } from '../support/random';

const names = [
  'a', 'b', 'ab', 'abc', 'Build', 'build', 'x.log', 'X.LOG', 'note.md', 'é.ts', '日本', 'a b', '[x]', '#a', '!a', 'a-b', 'a1', '{b}',
]; // prettier-ignore
/** What stands anywhere in patterns, to be read as git reads it. */
const noise = [
  '*', '**', '***', '/', '?', '[a-c]', '[!a]', '[^b]', '[A-Z]', '[[:upper:]]', '[[:alnum:]]', '[[:nought:]]', '[]a]', '[a', '[a-]', '[\\]]', '\\', '\\A', ' ',
]; // prettier-ignore

/** Repositories with rules in every place that git knows, and the paths that are tried in each. */
const repositories = 50;
const filesEach = 80;

describe('ignore rules', () => {
  const random = createRandom(22);
  const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)] as Item;
  const some = <Item>(count: number, make: () => Item): Item[] => Array.from({ length: count }, make);

  /** A sign of a pattern that may mean a character. */
  const signFor = (character: string): string =>
    pick([
      '?', '?', '*', '*', `[${character}]`, `[!${character}]`, `[${character}-~]`, `[^x${character}]`, `\\${character}`, character.toUpperCase(), '[[:alpha:]]', '[[:lower:]-]', '**',
    ]); // prettier-ignore
  const signs = (name: string): string => {
    if (random() < 0.15) return pick(['*', '**', '**', '?*']);
    const share = pick([0, 0, 0.2, 0.5]);
    const found = Array.from(name, (character) => (random() < share ? signFor(character) : character));
    if (random() < 0.1) found.splice(Math.floor(random() * (found.length + 1)), 0, pick(noise));
    return found.join('');
  };
  /** Some names of a path, or its beginning: what patterns with `/` mean. */
  const pattern = (paths: readonly string[]): string => {
    const steps = pick(paths).split('/');
    const count = 1 + Math.floor(random() * steps.length);
    return (random() < 0.3 ? [pick(steps)] : steps.slice(0, count)).map(signs).join('/');
  };
  const line = (paths: readonly string[]): string =>
    (random() < 0.25 ? '!' : '') +
    (random() < 0.2 ? '/' : '') +
    pattern(paths) +
    pick(['', '', '', '', '/', '/', ' ', '\\ ', '\r', '  \t']);
  const rules = (count: number, paths: readonly string[]): string =>
    (random() < 0.1 ? '\ufeff' : '') + some(count, () => line(paths)).join('\n') + pick(['', '\n']);
  const path = (): string => some(1 + Math.floor(random() * 4), () => pick(names)).join('/');

  it('ignore the files that git ignores, on thousands of generated rules and paths', async function () {
    requireGit(this);
    let compared = 0;
    let ignoredInAll = 0;
    for (let each = 0; each < repositories; each++) {
      const ignoreCase = each % 3 === 0;
      const root = makeFolder();
      for (let file = 0; file < filesEach; file++) writeWhereFree(root, path(), '');
      const [all, folders] = [filesIn(root), foldersIn(root)];
      const user = makeFolder({ 'git/ignore': rules(2, all), 'own rules': rules(2, all) });
      git(root, ['init', '-q']);
      git(root, ['config', 'core.ignoreCase', String(ignoreCase)]);
      if (each % 2 === 0) git(root, ['config', 'core.excludesFile', join(user, 'own rules')]);
      appendFileSync(join(root, '.git/info/exclude'), rules(3, all));
      for (const folder of ['', ...folders]) {
        if (folder !== '' && random() > 0.25) continue;
        const below = all.filter((file) => file.startsWith(folder)).map((file) => file.slice(folder.length));
        writeFiles(root, { [`${folder}.gitignore`]: rules(1 + Math.floor(random() * 4), below) });
      }
      const environment = { GIT_CONFIG_GLOBAL: join(user, 'none'), GIT_CONFIG_NOSYSTEM: '1', XDG_CONFIG_HOME: user };

      const input = all.join('\0');
      const ignored = new Set(
        git(root, ['check-ignore', '--no-index', '--stdin', '-z'], { input, env: environment }).split('\0'),
      );
      const restore = withEnvironment(environment);
      const found = new Set<string>();
      try {
        for await (const file of walkPaths(root, { unreadable: [] })) found.add(file);
      } finally {
        restore();
      }
      const otherwise = all.filter((file) => found.has(file) === ignored.has(file));
      assert.deepEqual(otherwise, [], `repository ${each} in ${root}, case ${ignoreCase ? 'ignored' : 'told apart'}`);
      compared += all.length;
      ignoredInAll += all.filter((file) => ignored.has(file)).length;
    }
    assert.ok(
      compared >= 2_000 && ignoredInAll > compared / 5 && ignoredInAll < (compared * 4) / 5,
      `${ignoredInAll} of ${compared}`,
    );
  });

  it('end where another repository begins, and begin in every kind of working tree', async function () {
    requireGit(this);
    const user = makeFolder({ ignore: '*.local.ts\n' });
    const environment = { GIT_CONFIG_GLOBAL: join(user, 'config'), GIT_CONFIG_NOSYSTEM: '1', XDG_CONFIG_HOME: user };
    // The file of the user names another one, which holds for repositories below this folder alone.
    writeFiles(user, {
      config: `[includeIf "gitdir:${slashes(user)}/work/"]\n\tpath = for-work\n`,
      'for-work': `; the user's\n[core] excludesFile = "${slashes(user)}/ignore" # by name\n`,
    });
    const work = join(user, 'work');
    writeFiles(work, {
      'main/.gitignore': '*.log\n!keep.ts\n.glassboxignore\n',
      'main/.glassboxignore': '*.snap\n',
      'main/a.ts': '',
      'main/a.log': '',
      'main/a.snap': '',
      'main/a.local.ts': '',
      'main/scratch/b.ts': '',
    });
    const main = join(work, 'main');
    const commit = ['-c', 'user.name=a', '-c', 'user.email=a@b', 'commit', '-q', '--allow-empty', '-m', 'a'];
    git(main, ['init', '-q']);
    appendFileSync(join(main, '.git/info/exclude'), '/scratch/\n');
    git(main, ['add', '.gitignore', 'a.ts']);
    git(main, commit);
    // A repository of its own inside: the rules of the outer one, and its info/exclude, do not hold there.
    git(work, ['init', '-q', 'main/nested']);
    writeFiles(main, { 'nested/a.log': '', 'nested/a.snap': '', 'nested/scratch/b.ts': '', 'nested/a.local.ts': '' });
    // A submodule, whose .git is a file.
    const source = makeFolder({ 'c.ts': '', 'own.txt': '' });
    git(source, ['init', '-q']);
    git(source, ['add', '.']);
    git(source, commit);
    git(main, ['-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', slashes(source), 'sub']);
    appendFileSync(join(main, '.git/modules/sub/info/exclude'), 'own.txt\n');
    // Working trees inside and beside it.
    git(main, ['worktree', 'add', '-q', '-b', 'inner', '.worktrees/inner']);
    git(main, ['worktree', 'add', '-q', '-b', 'beside', '../beside']);
    writeFiles(work, { 'beside/scratch/b.ts': '', 'beside/d.ts': '', 'beside/d.local.ts': '' });

    const restore = withEnvironment(environment);
    try {
      const found = (folder: string) => codeIn(join(work, folder));
      const ofMain = ['a.ts', 'nested/a.log', 'nested/scratch/b.ts', 'sub/c.ts'];
      assert.deepEqual(await found('main'), ofMain);
      assert.deepEqual(await found('beside'), ['a.ts', 'd.ts']);
      // Opened by itself, the copy is what is wanted.
      assert.deepEqual(await found('main/.worktrees/inner'), ['a.ts']);
      assert.deepEqual(
        await found('.'),
        ofMain.map((path) => `main/${path}`),
      );
      // Without the main working tree, the first of the linked ones counts.
      mkdirSync(join(work, 'twice'));
      git(main, ['worktree', 'move', '.worktrees/inner', '../twice/inner']);
      git(main, ['worktree', 'move', '../beside', '../twice/beside']);
      assert.deepEqual(await found('twice'), ['beside/a.ts', 'beside/d.ts']);
    } finally {
      restore();
    }
  });

  it('match what git matches, rule by rule', function () {
    requireGit(this);
    for (const ignoreCase of [false, true]) {
      const root = makeFolder();
      git(root, ['init', '-q']);
      git(root, ['config', 'core.ignoreCase', String(ignoreCase)]);
      for (let file = 0; file < 300; file++) writeWhereFree(root, path(), '');
      const all = [...filesIn(root), ...foldersIn(root)];
      for (let round = 0; round < 150; round++) {
        const text = line(all.map(withoutSlash)).replace(/^!/, '');
        writeFiles(root, { '.git/info/exclude': text });
        const list = new IgnoreList(text, ignoreCase);
        const input = all.map(withoutSlash).join('\0');
        const ignored = new Set(git(root, ['check-ignore', '--no-index', '--stdin', '-z'], { input }).split('\0'));
        // Git also names what lies in an ignored folder: that follows from the folder.
        const own = all.filter((asked) => pathsTo(asked).some((each) => list.verdict(each) === true));
        assert.deepEqual(
          own.sort(),
          all.filter((asked) => ignored.has(withoutSlash(asked))).sort(),
          JSON.stringify(text),
        );
      }
    }
  });
});

const slashes = (path: string): string => path.replaceAll(sep, '/');

/** The files that are walked but those that make the rules. */
async function codeIn(root: string): Promise<string[]> {
  const found: string[] = [];
  for await (const path of walkPaths(root, { unreadable: [] })) if (!/(?:^|\/)\.[^/]*$/.test(path)) found.push(path);
  return found;
}

/** Git looks itself at what is a folder. */
const withoutSlash = (path: string): string => path.replace(/\/$/, '');

/** `a/b/c` → `a/`, `a/b/`, `a/b/c`. */
const pathsTo = (path: string): string[] => {
  const steps = withoutSlash(path).split('/');
  return [...steps.slice(0, -1).map((_, at) => `${steps.slice(0, at + 1).join('/')}/`), path];
};

/** Does nothing where a file stands in the way, or a folder. */
function writeWhereFree(root: string, path: string, text: string): void {
  try {
    writeFiles(root, { [path]: text });
  } catch {
    // Some names are folders elsewhere, and some file systems take not all of them.
  }
}

function entriesIn(root: string, wantFolders: boolean): string[] {
  return readdirSync(root, { withFileTypes: true, recursive: true })
    .map((entry) => ({ entry, path: slashes(join(entry.parentPath, entry.name).slice(root.length + 1)) }))
    .filter(({ entry, path }) => entry.isDirectory() === wantFolders && path !== '.git' && !path.startsWith('.git/'))
    .map(({ path }) => path);
}

const filesIn = (root: string): string[] => entriesIn(root, false);
/** With `/` at their ends. */
const foldersIn = (root: string): string[] => entriesIn(root, true).map((path) => `${path}/`);
