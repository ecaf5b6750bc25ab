import assert from 'node:assert/strict';
import type { FoundChunk, Progress } from '../../../../src/ipc/indexer/protocol';
import { excludeRules } from '../../../../src/features/search/excludes';
import {
  asContext,
  groupHits,
  nameIn,
  progressInWords,
  relatedInWords,
  stateOf,
} from '../../../../src/features/search/present';
import { t } from '../../../support/translate';

const found = (path: string, change: Partial<FoundChunk> = {}): FoundChunk => ({
  root: '/w', path, from: 3, to: 9, symbol: 'f', score: 1, why: { terms: {}, rules: {} }, piece: { start: 0, end: 1, around: '' }, snippet: { line: 3, text: '', marks: [] }, ...change,
}); // prettier-ignore

const where = (rootName: (root: string) => string = () => '') => ({
  rootName,
  addressOf: ({ root, path }: FoundChunk) => (path === 'lost.ts' ? undefined : `file://${root}/${path}`),
});

describe('hits as they are shown', () => {
  it('stand under their file, in the order of the best of each, and keep their number', () => {
    const groups = groupHits([found('src/a.ts'), found('b.ts', { from: 4, to: 4 }), found('src/a.ts')], '', where(), t);
    assert.deepEqual(
      groups.map(({ name, folder, hits }) => [name, folder, ...hits.map(({ number, lines }) => `${number}: ${lines}`)]),
      [
        ['a.ts', 'src', '0: 3–9', '2: 3–9'],
        ['b.ts', '', '1: 4'],
      ],
    );
  });

  it('name the root where there are several, and tell equal paths of two roots apart', () => {
    const groups = groupHits(
      [found('a.ts'), found('a.ts', { root: '/v' })],
      '',
      where((root) => root.slice(1)),
      t,
    );
    assert.deepEqual(
      groups.map(({ folder }) => folder),
      ['w', 'v'],
    );
  });

  it('say why in the words that were typed, by what each adds', () => {
    const why = { terms: { retri: 1, backoff: 3, mylist: 0 }, rules: { definition: 1.5, tests: 0.5 }, dense: 0.612 };
    const [group] = groupHits([found('a.ts', { why })], 'retrying with backOff: myList', where(), t);
    assert.deepEqual(group!.hits[0]!.why, [
      { label: 'meaning', value: '0.61', share: 0.612 },
      { label: 'backOff', value: '+3.0', share: 0.75 },
      { label: 'retrying', value: '+1.0', share: 0.25 },
      { label: 'myList', value: '+0.0', share: 0 },
      { label: 'it is defined here', value: '×1.50' },
      { label: 'it is a test', value: '×0.50' },
    ]);
  });

  it('say where they are, as VS Code reads it when they are dropped', () => {
    const [group] = groupHits([found('src/a.ts')], '', where(), t);
    assert.equal(group?.hits[0]?.uri, 'file:///w/src/a.ts#L3-L9');
    assert.equal(groupHits([found('lost.ts')], '', where(), t)[0]?.hits[0]?.uri, undefined);
  });

  it('say what was found from them on, and by whom', () => {
    const places = [1, 2];
    assert.equal(
      relatedInWords({ name: 'load', places, isByServer: true }, 'callers', t),
      'Callers of load: 2, as the language server says',
    );
    assert.equal(
      relatedInWords({ name: 'load', places: [], isByServer: false }, 'tests', t),
      'Tests of load: 0, by names: no language server answered',
    );
    assert.match(relatedInWords({ name: '', places: [], isByServer: false }, 'callees', t), /outside of definitions/);
  });

  it('become context with their place, in a fence that nothing in them ends', () => {
    assert.equal(
      asContext({ path: 'a.md', from: 1, to: 2 }, 'markdown', 'x\n````\n'),
      'a.md:1-2\n`````markdown\nx\n````\n`````\n',
    );
  });
});

describe('how far the index is', () => {
  const progress: Progress = {
    phase: 'indexing',
    files: 1200,
    total: 4800,
    chunks: 9000,
    chunksPerSecond: 1500.4,
    secondsLeft: 12.3,
  };

  it('is said in a sentence', () => {
    assert.equal(progressInWords(progress, t), 'Indexing: 1200 of 4800 files, 1500 chunks/s, 13 s left');
    assert.equal(
      progressInWords({ ...progress, secondsLeft: 400 }, t),
      'Indexing: 1200 of 4800 files, 1500 chunks/s, 7 min left',
    );
    assert.equal(
      progressInWords({ phase: 'indexing', files: 7, chunks: 9, chunksPerSecond: 3 }, t),
      'Indexing: 7 files, 3 chunks/s',
    );
    assert.equal(progressInWords({ ...progress, phase: 'paused' }, t), 'Indexing is paused at 1200 of 4800 files');
    assert.equal(progressInWords({ ...progress, phase: 'waiting' }, t), 'Another window keeps the index up to date');
    assert.equal(progressInWords({ ...progress, phase: 'idle' }, t), '');
    const refining = {
      ...progress,
      phase: 'refining',
      chunksPerSecond: 61.6,
      refined: { done: 300, total: 900 },
    } as const;
    assert.equal(progressInWords(refining, t), 'The encoder has read 300 of 900 pieces, 62/s, 13 s left');
    assert.equal(progressInWords({ ...refining, secondsLeft: undefined }, t), 'The encoder reads the code');
    assert.equal(
      progressInWords({ ...refining, phase: 'idle', held: 40 }, t),
      'The encoder waits while the computer runs on battery: 40 pieces are left',
    );
    assert.equal(progressInWords({ ...progress, trouble: 'No room.' }, t), 'No room.');
  });

  it('is a share of what there is, where that is known', () => {
    assert.equal(stateOf(progress, 3, t).coverage, 0.25);
    assert.equal(stateOf({ ...progress, total: 0 }, 3, t).coverage, undefined);
    assert.deepEqual(stateOf(undefined, 3, t), { kind: 'ready', sentence: '', version: 3 });
    const refining = stateOf({ ...progress, phase: 'refining', refined: { done: 300, total: 900 } }, 3, t);
    assert.deepEqual([refining.kind, refining.coverage], ['refining', 1 / 3]);
    assert.equal(stateOf({ ...progress, phase: 'waiting' }, 3, t).kind, 'ready');
  });
});

describe('the place of a hit', () => {
  const named = (code: string, symbol: string): string => {
    const [start, end] = nameIn(code, symbol);
    return `${code.slice(0, start).split('\n').length}: ${code.slice(start, end)}`;
  };

  it('is the name that it defines, whatever is said about that before', () => {
    assert.equal(
      named('/**\n * open: opens a door.\n */\nexport function reopen() {}\nexport function open() {}\n', 'Door.open'),
      '5: open',
    );
    assert.equal(named('# mix, not stir\ndef mix(a):\n', 'mix'), '2: mix');
    assert.equal(named('  /* x */\r\n  $el = 1;\r\n', 'View.$el'), '2: $el');
  });

  it('is the first line that says something where there is no name', () => {
    assert.equal(named('/**\n * Reads.\n */\n{\n  import x;\n', ''), '5: import x;');
    assert.equal(named('\n  return 1;  \n}\n', 'far.above'), '2: return 1;');
    assert.equal(named('/**\n * Only words.\n */\n', ''), '2: * Only words.');
    assert.equal(named('', 'gone'), '1: ');
  });
});

describe('what the editor hides', () => {
  it('is said as rules that begin at the root where the pattern does', () => {
    const files = {
      '**/.git': true,
      out: true,
      '**/*.{js,d.ts}': true,
      kept: false,
      '**/*.map': { when: '$(basename).ts' },
      './x/*.bin': true,
    };
    assert.deepEqual(excludeRules(files, { '**/.git': true, '{a,b/{c,d}}/**': true }), [
      '**/.git', '/out', '**/*.js', '**/*.d.ts', '/x/*.bin', '/a/**', '/b/c/**', '/b/d/**',
    ]); // prettier-ignore
  });

  it('is nothing where the setting makes no sense', () =>
    assert.deepEqual(excludeRules(undefined, null, 'x', [], { '': true }), []));
});
