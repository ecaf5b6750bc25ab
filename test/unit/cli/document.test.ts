import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readCursorContext } from '../../../src/cli/document';
import { CommandError } from '../../../src/cli/failure';
import { maxPrefixLength, maxSuffixLength } from '../../../src/ipc/engine/protocol';

describe('places in files', () => {
  let folder: string;
  const file = (content: string | Buffer) => {
    const path = join(folder, 'file.ts');
    writeFileSync(path, content);
    return path;
  };
  const fails = (position: Parameters<typeof readCursorContext>[0], sentence: RegExp) =>
    assert.rejects(
      readCursorContext(position),
      (error) => error instanceof CommandError && sentence.test(error.message),
    );

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'glassbox-'));
  });
  after(() => rmSync(folder, { recursive: true }));

  it('are counted from 1, in UTF-16 units, whatever the line ends', async () => {
    const { prefix, suffix } = await readCursorContext({ path: file('a\r\n👍b = 1\nc'), line: 2, column: 4 });
    assert.deepEqual({ prefix, suffix }, { prefix: 'a\n👍b', suffix: ' = 1\nc' });
  });

  it('may be at the end of the file', async () => {
    const { prefix, suffix } = await readCursorContext({ path: file('a\n'), line: 2, column: 1 });
    assert.deepEqual({ prefix, suffix }, { prefix: 'a\n', suffix: '' });
  });

  it('outside of the file are told with what there is', async () => {
    const path = file('ab\n');
    await fails({ path, line: 3, column: 1 }, /has 2 lines; there is no line 3\.$/);
    await fails({ path, line: 1, column: 4 }, /ends at column 3; there is no column 4\.$/);
  });

  it('in what is no file, or no text, are told', async () => {
    await fails({ path: join(folder, 'none.ts'), line: 1, column: 1 }, /none\.ts does not exist\.$/);
    await fails({ path: folder, line: 1, column: 1 }, /is a folder\.$/);
    await fails(
      { path: file(Buffer.from([0x7f, 0x45, 0, 1])), line: 1, column: 1 },
      /does not look like a text file\.$/,
    );
  });

  for (const [what, content, line] of [
    ['a file of 10 MB', 'const a = 1;\n'.repeat(800_000), 400_000],
    ['a line of 1 MB', `const a = "${'x'.repeat(1_000_000)}";\n`, 1],
  ] as const) {
    it(`in ${what} are cut to what a request may carry`, async () => {
      const { prefix, suffix } = await readCursorContext({ path: file(content), line, column: 10 });
      assert.ok(prefix.length <= maxPrefixLength && suffix.length <= maxSuffixLength);
      assert.ok(prefix.endsWith('const a ='));
    });
  }
});
