import assert from 'node:assert/strict';
import { listHits } from '../../../../src/features/search/listing';

describe('all hits in one text', () => {
  it('stand under their files, in the form of search results', () => {
    const text = listHits('  where is\nthe retry? ', '3 hits in 2 files', [
      { name: 'src/b.ts', from: 9, marked: 10, code: '/** Again. */\r\nfunction retry() {}\r\n' },
      { name: 'app • a.py', from: 1, marked: 1, code: 'retry = 1' },
      { name: 'src/b.ts', from: 2, marked: 2, code: 'const times = 3;' },
    ]);
    assert.equal(
      text,
      `# Query: where is the retry?

3 hits in 2 files

src/b.ts:
  2: const times = 3;
  9  /** Again. */
  10: function retry() {}

app • a.py:
  1: retry = 1
`,
    );
    // What VS Code takes for the name of a file, and for a line of it.
    for (const line of text.split('\n').slice(4)) assert.match(line, /^$|^(\S.*):$|^(\s+)(\d+)(: | {2})(\s*)(.*)$/);
  });

  it('are cut where they are long', () => {
    const code = Array.from({ length: 500 }, (_, line) => `line ${line}`).join('\n');
    assert.equal(listHits('q', '', [{ name: 'a', from: 1, marked: 1, code }]).split('\n').length, 4 + 1 + 40 + 1);
  });
});
