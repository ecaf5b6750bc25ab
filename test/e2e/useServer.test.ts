import assert from 'node:assert/strict';
import { startFakeServer } from '../support/fakeServer';
import type { FakeServer } from '../support/fakeServer';
import type { Editor } from './support/editor';
import { useEditor } from './support/useEditor';
import { Workspace } from './support/workspace';

/** Ports that llama.cpp's programs usually have: one of them is free. */
const ports = [9_931, 8_012, 8_080];

async function startWhereItIsLookedFor(): Promise<FakeServer> {
  for (const port of ports) {
    try {
      return await startFakeServer('llama.cpp', { tokens: ['surface', 'Area', ';'] }, { port });
    } catch {
      // Another program listens there.
    }
  }
  throw new Error('None of the usual ports is free.');
}

describe('Use a Server', () => {
  let server: FakeServer;
  before(async () => void (server = await startWhereItIsLookedFor()));
  after(() => server.close());

  const workspace = new Workspace(['sample/src/library.ts']);
  let editor: Editor;
  useEditor(workspace, (opened) => (editor = opened));
  const page = (selector: string, hasText?: string | RegExp) =>
    editor.view.locator(selector, hasText === undefined ? {} : { hasText }).first();
  const row = (hasText: string) => editor.find('.quick-input-list .monaco-list-row', { hasText }).first();
  const inUse = (name: string) => page('header', `In use for Completion: ${name}.`).waitFor();

  it('asks no port before the user has said where, and whose machine is meant', async () => {
    await editor.openFile('library.ts');
    await editor.runAsking('Glassbox: Use a Server');
    await editor.choose('Completion');
    await row('Look on this machine').waitFor();
    await editor.screenshot('use-server-where');
    assert.equal(server.connections(), 0);
    await editor.choose('Look on this machine');
    const dialog = editor.find('.monaco-dialog-box');
    await dialog.waitFor();
    await editor.screenshot('use-server-confirm');
    assert.match(await dialog.innerText(), /The address means the machine that extensions run on/);
    assert.equal(server.connections(), 0);
    await dialog.locator('.monaco-button', { hasText: 'Use This Server' }).click();
  });

  it('lists what the server has, by what it says of itself', async () => {
    await row('qwen2.5-coder-1.5b.gguf').waitFor();
    await editor.screenshot('use-server-models');
    await editor.choose('qwen2.5-coder-1.5b.gguf');
  });

  it('tries the model beside the one of this machine, with texts of its own', async () => {
    await page('#use', `Use ${server.address.origin}`).waitFor();
    assert.match(await page('tr', 'Lines written exactly').innerText(), /\d+ of \d+\s+\d+ of \d+$/);
    assert.match(await page('tr', 'Sees what stands behind the cursor').innerText(), /yes\s*$/);
    await editor.screenshot('use-server-trial');
    const line = workspace.lines('library.ts').find((one) => one.length > 30) ?? '';
    assert.ok(line !== '' && server.seen.every(({ body }) => !JSON.stringify(body ?? '').includes(line.trim())));
  });

  it('switches with one click, and back with another', async () => {
    await page('#use').click();
    await inUse(`qwen2.5-coder-1.5b.gguf, ${server.address.origin}`);
    await editor.screenshot('use-server-switched');
    await page('#back').click();
    await inUse('the model of this machine');
    await page('#use').waitFor();
  });

  it('names the server in the status item while it is used, and goes back by the same command', async () => {
    await page('#use').click();
    await inUse(`qwen2.5-coder-1.5b.gguf, ${server.address.origin}`);
    await editor.openFile('library.ts');
    const label = editor.status.locator('[aria-label]').first();
    while (!(await label.getAttribute('aria-label'))?.includes(server.address.origin.replace('http://', ''))) await editor.pause(); // prettier-ignore
    await editor.screenshot('use-server-status');
    await editor.runAsking('Glassbox: Use a Server');
    await editor.choose('Back to the model of this machine');
    while ((await label.getAttribute('aria-label'))?.includes(server.address.origin.replace('http://', ''))) await editor.pause(); // prettier-ignore
  });
});
