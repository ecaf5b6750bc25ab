import assert from 'node:assert/strict';
import { join } from 'node:path';
import { Editor } from './support/editor';
import { readTrace, traceSockets } from './support/sockets';
import type { Traced } from './support/sockets';
import { Workspace } from './support/workspace';

describe('privacy with default settings', () => {
  const workspace = new Workspace(['sample/src/library.ts']);
  const traces = new Workspace([]);
  const trace = join(traces.folder, 'sockets.txt');
  let programs: Traced[];

  before(async () => {
    const editor = await Editor.open(workspace.folder, { wrapper: traceSockets(trace) });
    try {
      await editor.openFile('library.ts');
      await editor.goToEndOf(workspace.lineOf('library.ts', 'private nextId = 1;'));
      await editor.press('Enter');
      await editor.type('private readonly count = ');
      // However unsure the model is here: what is asked for is shown.
      await editor.run('Trigger Inline Suggestion');
      await editor.waitForGhostText();
    } finally {
      await editor.close();
    }
    programs = readTrace(trace);
  });
  after(() => {
    workspace.remove();
    traces.remove();
  });

  const familiesOf = (argument: string) => {
    const found = programs.filter(({ command }) => command.includes(argument));
    assert.notEqual(found.length, 0, `no program was started with ${argument}`);
    return new Set(found.flatMap(({ families }) => [...families]));
  };
  const assertNoInternet = (families: Set<string>) =>
    assert.deepEqual(
      [...families].filter((family) => family.startsWith('AF_INET')),
      [],
    );

  it('is measured by a trace that sees internet sockets: the one on which the editor itself is served', () => {
    assert.ok(familiesOf('server-main.js').has('AF_INET'));
  });

  it('opens no internet socket in the engine process', () => assertNoInternet(familiesOf('dist/engine.js')));

  it('opens no internet socket in the extension host', () => assertNoInternet(familiesOf('--type=extensionHost')));
});
