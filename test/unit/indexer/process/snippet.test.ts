import assert from 'node:assert/strict';
import { IndexingPace } from '../../../../src/indexer/process/pace';
import { snippetOf, tellingTerms } from '../../../../src/indexer/process/snippet';
import { termsOf } from '../../../../src/common/text/terms';

describe('the pace of a run', () => {
  it('tells speed and time left by what was done so far', () => {
    const pace = new IndexingPace(1_000);
    assert.equal(pace.secondsLeft(1_000), undefined);
    pace.files = 20;
    pace.chunks = 300;
    assert.equal(pace.secondsLeft(3_000), undefined);
    pace.total = 80;
    assert.equal(pace.chunksPerSecond(3_000), 150);
    assert.equal(pace.secondsLeft(3_000), 6);
  });

  it('does not count the time that it is paused', () => {
    const pace = new IndexingPace(0);
    [pace.files, pace.total, pace.chunks] = [10, 20, 50];
    pace.pause(1_000);
    assert.equal(pace.chunksPerSecond(90_000), 50);
    pace.resume(90_000);
    assert.equal(pace.secondsLeft(91_000), 2);
  });
});

describe('a snippet', () => {
  const lines = [
    'class Door {',
    '    // far above',
    ...Array.from({ length: 20 }, (_, index) => `    step${index}();`),
    '    unlock(theKey);\r',
    '    push();',
    '}',
  ];
  const shownOf = (question: string, from: number, to: number) => {
    const snippet = snippetOf(lines.slice(from - 1, to), from, new Set(termsOf(question)));
    return { ...snippet, marked: snippet.marks.map(([start, end]) => snippet.text.slice(start, end)) };
  };

  it('is the beginning where that says it', () => {
    const { line, text, marked } = shownOf('door', 1, lines.length);
    assert.equal(line, 1);
    assert.equal(text.split('\n')[0], 'class Door {');
    assert.equal(text.split('\n').length, 6);
    assert.deepEqual(marked, ['Door']);
  });

  it('is what is shared where that stands further down, without its indentation', () => {
    const { line, text, marked } = shownOf('unlocking the key', 2, lines.length - 1);
    assert.ok(line > 15);
    assert.ok(text.includes('\nunlock(theKey);\n'));
    assert.deepEqual(marked, ['unlock', 'theKey']);
  });

  it('marks what tells it apart', () => {
    assert.deepEqual([...tellingTerms({ escap: 9.2, charact: 5.8, a: 1.9, of: 1.8 })], ['escap', 'charact']);
    assert.deepEqual([...tellingTerms({})], []);
  });

  it('ends with what it is of', () => {
    assert.deepEqual(shownOf('push', 24, 24), { line: 24, text: 'push();', marks: [[0, 4]], marked: ['push'] });
    assert.deepEqual(shownOf('push', 900, 901), { line: 900, text: '', marks: [], marked: [] });
  });
});
