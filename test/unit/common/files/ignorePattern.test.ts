import assert from 'node:assert/strict';
import { IgnoreList } from '../../../../src/common/files/ignorePattern';

describe('rules of one ignore file', () => {
  const verdicts = (rules: string, paths: readonly string[], ignoreCase = false) => {
    const list = new IgnoreList(rules, ignoreCase);
    return paths.filter((path) => list.verdict(path) === true);
  };

  it('tell case apart unless the file system does not', () => {
    const rules = 'Testing\nBackup*/\n[Dd]ebug/\n*.MD\n';
    const paths = ['Testing/', 'testing/', 'backup/', 'Backup1/', 'Debug/', 'debug/', 'notes.md', 'A.MD'];
    assert.deepEqual(verdicts(rules, paths), ['Testing/', 'Backup1/', 'Debug/', 'debug/', 'A.MD']);
    assert.deepEqual(verdicts(rules, paths, true), paths);
    // Letters of ASCII alone.
    assert.deepEqual(verdicts('ä\n', ['ä', 'Ä'], true), ['ä']);
  });

  it('say nothing of what they do not name, and the last one decides', () => {
    const list = new IgnoreList('*.log\n!keep.log\n# comment\n\n\\#a\n\\!b\nfolder/\n', false);
    const verdicts = ['a.log', 'keep.log', 'a.ts', '#a', '!b', 'folder', 'folder/', 'x/folder/'].map((path) =>
      list.verdict(path),
    );
    assert.deepEqual(verdicts, [true, false, undefined, true, true, undefined, true, true]);
    assert.equal(new IgnoreList('\n# nothing\n!\n/\n', false).isEmpty, true);
  });

  it('compare bytes, as git does', () => {
    assert.deepEqual(verdicts('a??', ['aä', 'aab', 'ab']), ['aä', 'aab']);
    assert.deepEqual(verdicts('[é]*.ts', ['é.ts', 'ö.ts', 'x.ts']), ['é.ts', 'ö.ts']);
  });

  it('match nothing where a pattern is broken', () => {
    for (const pattern of ['a[', '[a', '[[:nought:]]', '[[:constructor:]]', '[', '[!', '[^]', 'a\\', '[\\', '[a-'])
      assert.deepEqual(verdicts(pattern, ['a', 'a[', '[', 'a\\', '-']), [], pattern);
  });

  it('take no longer for more stars', () => {
    const start = performance.now();
    assert.deepEqual(verdicts(`${'*a'.repeat(2_000)}b`, ['a'.repeat(4_000)]), []);
    assert.deepEqual(verdicts(`x/${'**/'.repeat(2_000)}b`, [`x/${'a/'.repeat(2_000)}`]), []);
    assert.deepEqual(verdicts('['.repeat(100_000), ['a']), []);
    assert.deepEqual(verdicts('[[:'.repeat(100_000), ['a']), []);
    assert.ok(performance.now() - start < 5_000);
  });
});
