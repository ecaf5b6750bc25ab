import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Hit } from '../../src/indexer/ranking/hits';
import { makeFolder } from '../support/folder';
import { root } from '../support/paths';

describe('index and search of the command line', () => {
  const folder = makeFolder({
    'src/delay.ts':
      '/** Tries again after a failure, waiting longer each time. */\nexport async function retryWithBackoff(work: () => Promise<void>) {\n  await work();\n}\n',
    'src/paint.py': 'def mix_colours(first, second):\n    return (first + second) / 2\n',
    'notes.md': '# Ideas\n\nMix the paint slowly.\n',
  });
  const cache = makeFolder();
  const glassbox = (...args: string[]) => glassboxWith('', ...args);
  const glassboxWith = (input: string, ...args: string[]) => {
    const env = { ...process.env, XDG_CACHE_HOME: cache, LOCALAPPDATA: cache, HOME: cache };
    const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, 'dist/cli.js'), ...args], {
      cwd: root,
      encoding: 'utf8',
      env,
      input,
    });
    return { status, stdout, stderr };
  };
  const search = (...args: string[]): Hit[] =>
    JSON.parse(glassbox('search', '--in', folder, '--json', ...args).stdout) as Hit[];

  it('says that there is no index yet, and how to make one', () => {
    const { status, stderr } = glassbox('search', 'retry', '--in', folder);
    assert.equal(status, 1);
    assert.match(stderr, /^There is no index\. Run: glassbox index /m);
  });

  it('indexes once, and embeds no text twice', () => {
    const report = (...args: string[]) =>
      JSON.parse(glassbox('index', folder, '--json', '--verify', ...args).stdout) as {
        indexed: number;
        embedded: number;
        cached: number;
        chunks: number;
      };
    const first = report();
    assert.ok(first.indexed === 3 && first.embedded === first.chunks && first.cached === 0);
    const { indexed, embedded } = report();
    assert.deepEqual({ indexed, embedded }, { indexed: 0, embedded: 0 });
    const again = report('--rebuild');
    assert.deepEqual({ embedded: again.embedded, cached: again.cached }, { embedded: 0, cached: first.chunks });
  });

  it('answers by words, by meaning and by both, and says why', () => {
    const [first] = search('where is the retry with back-off?');
    assert.deepEqual(
      { path: first!.path, from: first!.from, to: first!.to, symbol: first!.symbol },
      { path: 'src/delay.ts', from: 1, to: 4, symbol: 'retryWithBackoff' },
    );
    assert.ok(first!.why.terms.retri! > 0 && first!.why.dense! > 0 && first!.why.rules.definition! > 1);
    const [byMeaning] = search('--dense', 'blend hues');
    assert.deepEqual(byMeaning!.why.terms, {});
    assert.deepEqual(search('--lexical', 'blend hues'), []);
    const [byWords] = search('--lexical', 'mix colours', '--top', '1');
    assert.ok(byWords!.path === 'src/paint.py' && byWords!.why.dense === undefined);
    assert.deepEqual(
      search('paint path:src')
        .map(({ path }) => path)
        .filter((path) => path === 'notes.md'),
      [],
    );
    assert.match(
      glassbox('search', '--in', folder, 'mix colours').stdout,
      /^src\/paint\.py:1-2 {2}mix_colours .*\n {4}meaning \d\.\d\d, /,
    );
  });

  it('says beside the hits what there is to say about the question itself', () => {
    const wrong = glassbox('search', '--in', folder, '--json', 'mix colours lang:pyton');
    assert.deepEqual(JSON.parse(wrong.stdout), []);
    assert.match(wrong.stderr, /^No file here has the language or ending “pyton”\.$/m);
    const refused = glassbox('search', '--in', folder, String.raw`/(?<=a)b/`);
    assert.match(refused.stderr, /^Look-around and back-references are not searched for/m);
    assert.equal(refused.stdout, '');
    assert.equal(glassbox('search', '--in', folder, 'mix colours').stderr, '');
  });

  it('answers many questions of one input, and finds the like of a place', () => {
    const ask = (verb: string, ...lines: object[]) => {
      const input = lines.map((line) => JSON.stringify(line)).join('\n');
      const { status, stdout } = glassboxWith(input, verb, '--batch', '--in', folder);
      assert.equal(status, 0);
      return stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as { id: unknown; hits?: Hit[]; error?: { code: string } });
    };
    const [first, bad, second] = ask(
      'search',
      { id: 1, query: 'retry with back-off', top: 1 },
      { id: 2 },
      { id: 3, query: 'mix paint lang:python' },
    );
    assert.deepEqual(Object.keys(first!.hits![0]!), ['path', 'from', 'to', 'symbol', 'score']);
    assert.deepEqual([first!.hits!.length, first!.hits![0]!.path], [1, 'src/delay.ts']);
    assert.deepEqual([bad!.id, bad!.error!.code], [2, 'invalid']);
    assert.deepEqual([second!.id, ...new Set(second!.hits!.map(({ path }) => path))], [3, 'src/paint.py']);
    const [like, text] = ask(
      'similar',
      { id: 1, path: 'src/paint.py', line: 1 },
      { id: 2, text: 'def mix_colours(a, b): return a' },
    );
    assert.ok(like!.hits!.every(({ path }) => path !== 'src/paint.py'));
    assert.equal(text!.hits![0]!.path, 'src/paint.py');
    const none = glassboxWith('{"id":1,"query":"a"}', 'search', '--batch', '--in', cache);
    assert.equal(none.status, 1);
    assert.match(none.stderr, /^There is no index\. Run: /m);
  });

  it('makes a damaged index again', () => {
    const { store } = JSON.parse(glassbox('index', folder, '--json').stdout) as { store: string };
    writeFileSync(join(store, 'catalogue.db'), 'no database '.repeat(1_000));
    assert.match(glassbox('search', 'retry', '--in', folder).stderr, /^The index is damaged\. Run: /m);
    const { status, stderr } = glassbox('index', folder);
    assert.equal(status, 0);
    assert.match(stderr, /could not be kept/);
    assert.equal(search('retry')[0]!.path, 'src/delay.ts');
  });
});
