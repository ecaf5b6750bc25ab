import assert from 'node:assert/strict';
import { join } from 'node:path';
import { startFakeServer } from '../support/fakeServer';
import type { FakeServer } from '../support/fakeServer';
import { Editor } from './support/editor';
import { readTrace, traceSockets } from './support/sockets';
import type { Traced } from './support/sockets';
import { keepFailures } from './support/useEditor';
import { Workspace } from './support/workspace';

describe('a server of the user’s', () => {
  const workspace = new Workspace(['sample/src/library.ts']);
  const traces = new Workspace([]);
  const trace = join(traces.folder, 'sockets.txt');
  let fake: FakeServer;
  let editor: Editor;
  let isOpen = false;
  const label = () => editor.status.locator('[aria-label]').first();
  const host = () => fake.address.origin.replace('http://', '');
  const asked = (path: string): number => fake.seen.filter((one) => one.path === path).length;
  /** What the item says changes a moment after what it says it of. */
  const says = async (what: RegExp): Promise<void> => {
    for (;;) {
      const said = (await label().getAttribute('aria-label')) ?? '';
      if (what.test(said)) return;
      await editor.pause();
    }
  };
  const suggest = async (): Promise<string> => {
    await editor.run('Trigger Inline Suggestion');
    return editor.waitForGhostText();
  };

  before(async () => {
    fake = await startFakeServer('llama.cpp', { tokens: ['server', 'Side', '();'] });
    const settings = { 'glassbox.server.completion': { address: fake.address.origin } };
    editor = await Editor.open(workspace.folder, { settings, wrapper: traceSockets(trace) });
    isOpen = true;
    await editor.openFile('library.ts');
    await editor.goToEndOf(workspace.lineOf('library.ts', 'private nextId = 1;'));
    await editor.press('Enter');
    await editor.type('count = ');
  });
  keepFailures(() => editor);
  after(async () => {
    if (isOpen) await editor.close();
    await fake.close();
    workspace.remove();
    traces.remove();
  });

  it('is asked nothing before it is confirmed', async () => {
    await says(/is not used before you confirm it/);
    assert.ok(!(await suggest()).includes('serverSide'));
    assert.equal(fake.connections(), 0);
    await editor.press('Escape');
  });

  it('is confirmed in the menu, named in the status item from then on, and completes', async () => {
    await editor.status.click();
    await editor.choose('Confirm the server of your settings');
    await editor.dialogButton('Use This Server').waitFor();
    await editor.screenshot('server-question');
    await editor.dialogButton('Use This Server').click();
    await editor.find('.statusbar-item', { hasText: host() }).waitFor();
    await editor.focusEditor();
    assert.equal(await suggest(), 'serverSide();');
    assert.equal(asked('/infill') > 0, true);
    await says(/Code around your cursor is sent to http:\/\/127\.0\.0\.1:\d+ \(qwen2\.5-coder-1\.5b\.gguf\)/);
    await editor.screenshot('server-status');
  });

  it('is explained by its probabilities, and says that attention is not to be had', async () => {
    // Several were written, since they were asked for by command: it is asked which is meant.
    await editor.runAsking('Glassbox: Explain This Suggestion');
    await editor.choose('serverSide();');
    await editor.view.locator('tr', { hasText: 'Side' }).first().waitFor();
    await editor.view.locator('text=attention cannot be shown').first().waitFor();
    await editor.screenshot('server-explained');
    await editor.openFile('library.ts');
  });

  it('is left when it fails, the local model answers, and the status item says why', async () => {
    fake.behaviour = { status: 500 };
    await editor.press('Escape');
    await editor.press('Enter');
    await editor.type('total = ');
    assert.ok(!(await suggest()).includes('serverSide'));
    await says(/The model on this machine answers in place of http:\/\/127\.0\.0\.1/);
    await editor.status.hover();
    await editor.find('.workbench-hover', { hasText: 'answers in place of' }).first().waitFor();
    await editor.screenshot('server-left');
  });

  it('is the one host that was connected to, by the extension host alone', async () => {
    await editor.close();
    isOpen = false;
    const programs = readTrace(trace);
    const peersOf = (argument: string): string[] => {
      const found = programs.filter(({ command }: Traced) => command.includes(argument));
      assert.notEqual(found.length, 0, `no program was started with ${argument}`);
      return [...new Set(found.flatMap(({ peers }) => [...peers]))];
    };
    assert.deepEqual(peersOf('--type=extensionHost'), [host()]);
    assert.deepEqual(peersOf('dist/engine.js'), []);
  });
});
