import assert from 'node:assert/strict';
import { examplesFor, maxExampleLength } from '../../../../src/features/summarize/examples';
import type { Documented } from '../../../../src/features/summarize/similar/documented';

const documented = (name: string, sentence: string, code = `${name}() {}`): Documented => ({
  name,
  container: '',
  path: 'a.ts',
  code,
  parameters: [],
  sentence,
  line: 0,
});

describe('examples for a model', () => {
  const near = [
    documented('openFile', 'Opens a file of the workspace.'),
    documented('closeReader', 'Closes a reader and what it holds.'),
    documented('closeFile', 'Closes a file of the workspace.'),
    documented('closeAll', 'Closes all.'),
  ];

  it('are the documented functions with the likest names, the likest last; short sentences teach nothing', () => {
    assert.deepEqual(
      examplesFor('closeBook', near).map(({ name }) => name),
      ['closeFile', 'closeReader'],
    );
  });

  it('are the usual ones where nothing near is documented, or only what is too long', () => {
    const usual = examplesFor('closeBook', []);
    assert.equal(usual.length, 2);
    const long = documented('closeBook', 'Closes a book and its pages.', 'x'.repeat(maxExampleLength + 1));
    assert.deepEqual(examplesFor('closeBook', [long]), usual);
    assert.deepEqual(
      examplesFor('closeBook', near.slice(0, 1)).map(({ name }) => name),
      [usual[0]?.name, 'openFile'],
    );
  });

  it('stand at the margin', () => {
    const method = documented('go', 'Goes on until it is told to stop.', '  go() {\n    on();\n\n    off();\n  }\n');
    assert.equal(examplesFor('go', [method])[1]?.code, 'go() {\n  on();\n\n  off();\n}');
  });
});
