import assert from 'node:assert/strict';
import { join } from 'node:path';
import { makeCertificate } from '../support/certificate';
import { startFakeServer } from '../support/fakeServer';
import type { FakeServer } from '../support/fakeServer';
import { startForwardProxy } from '../support/forwardProxy';
import type { ForwardProxy } from '../support/forwardProxy';
import { Editor } from './support/editor';
import { keepFailures } from './support/useEditor';
import { Workspace } from './support/workspace';

const host = 'models.example.test';
const origin = `https://${host}`;
const key = 'glassbox-e2e-7f3a91c2d45e';

describe('a server on another machine, with a key, behind a proxy', () => {
  const workspace = new Workspace(['sample/src/library.ts']);
  const certificates = new Workspace([]);
  let server: FakeServer;
  let proxy: ForwardProxy;
  let editor: Editor;
  let isOpen = false;
  const label = () => editor.status.locator('[aria-label]').first();
  /** What the item says changes a moment after what it says it of. */
  const says = async (what: RegExp): Promise<void> => {
    while (!what.test((await label().getAttribute('aria-label')) ?? '')) await editor.pause();
  };
  const page = (selector: string, hasText?: string | RegExp) =>
    editor.view.locator(selector, hasText === undefined ? {} : { hasText }).first();
  const confirm = async (address: string): Promise<void> => {
    const dialog = editor.find('.monaco-dialog-box', { hasText: address });
    await dialog.waitFor();
    await editor.dialogButton('Use This Server').click();
  };
  const chooseAddress = async (address: string): Promise<void> => {
    // A page that has the keyboard gets to commands by a detour.
    await editor.openFile('library.ts');
    await editor.runAsking('Glassbox: Use a Server');
    await editor.choose('Completion');
    await editor.choose('An address…');
    await editor.answer('Address of the Server', address);
    await confirm(address);
  };
  const suggest = async (): Promise<string> => {
    await editor.press('Escape');
    await editor.run('Trigger Inline Suggestion');
    return editor.waitForGhostText();
  };
  /** @param name what has it already would be copied from there */
  const typeOn = async (name: string): Promise<void> => {
    await editor.openFile('library.ts');
    await editor.press('Escape');
    await editor.press('Enter');
    await editor.type(`${name} = `);
  };
  /** On a busy machine, the local model may be asked, too, and be the first. */
  const suggestByServer = async (): Promise<void> => {
    await suggest();
    while (server.seen.length === 0) await editor.pause();
  };
  const keysOf = (seen: FakeServer['seen']): Set<string | undefined> =>
    new Set(seen.map(({ headers }) => headers.authorization));

  before(async () => {
    const certificate = makeCertificate(host);
    certificates.write('host.pem', certificate.cert);
    const tokens = ['surface', 'Area', '();'];
    server = await startFakeServer('vllm', { tokens, key }, { certificate });
    proxy = await startForwardProxy({ [`${host}:443`]: server.address.port });
    editor = await Editor.open(workspace.folder, {
      settings: { 'http.proxy': proxy.address, 'http.noProxy': ['direct.example.test'] },
      wrapper: ['env', `NODE_EXTRA_CA_CERTS=${join(certificates.folder, 'host.pem')}`],
    });
    isOpen = true;
    await editor.openFile('library.ts');
    await editor.goToEndOf(workspace.lineOf('library.ts', 'private nextId = 1;'));
  });
  keepFailures(() => editor);
  after(async () => {
    if (isOpen) await editor.close();
    await proxy.close();
    await server.close();
    workspace.remove();
    certificates.remove();
  });

  it('is asked through the proxy of VS Code’s settings, and wants its key', async () => {
    await chooseAddress(origin);
    await editor.answer(`Key for ${origin}`, key);
    await editor.choose('Qwen/Qwen2.5-Coder-7B');
    await page('#use', `Use ${origin}`).waitFor();
    await page('#use').click();
    await page('header', `In use for Completion: Qwen/Qwen2.5-Coder-7B, ${origin}.`).waitFor();
    assert.deepEqual([...new Set(proxy.asked)], [`CONNECT ${host}:443`]);
    // Before the key was given, it was asked what it is; all that came after brought the key.
    const from = server.seen.findIndex(({ headers }) => headers.authorization !== undefined);
    assert.deepEqual([...keysOf(server.seen.slice(from))], [`Bearer ${key}`]);
    assert.ok(server.seen.slice(0, from).every(({ body }) => body === undefined));
  });

  it('completes through the proxy, and is named in the status item', async () => {
    server.seen.length = 0;
    await typeOn('count');
    await suggestByServer();
    assert.deepEqual([...keysOf(server.seen)], [`Bearer ${key}`]);
    assert.deepEqual([...new Set(proxy.asked)], [`CONNECT ${host}:443`]);
    await says(new RegExp(`Code around your cursor is sent to ${origin}`));
    await editor.screenshot('server-behind-proxy');
  });

  it('leaves its key in no settings, no log, no state and no diagnosis', async () => {
    assert.deepEqual(editor.filesWith(key), []);
    // The settings name the server: what is kept is looked through.
    assert.ok(editor.filesWith(origin).some((path) => path.endsWith('settings.json')));
    await editor.run('Glassbox: Diagnose');
    await editor.find('.tab.active', { hasText: 'Diagnosis' }).waitFor();
    const diagnosis = editor.viewAt((await editor.find('iframe.webview.ready').count()) - 1);
    await diagnosis.locator('#copy').click();
    await diagnosis.locator('.said', { hasText: 'Copied' }).waitFor();
    const markdown = await editor.clipboard();
    assert.ok(markdown.includes('vLLM') && !markdown.includes(key), markdown);
  });

  it('has a key that no other server gets, on any address of this machine, which no proxy hears of', async () => {
    const other = await startFakeServer('llama.cpp', {}, { host: '127.0.0.2' });
    try {
      await chooseAddress(other.address.origin);
      await editor.find('.quick-input-list .monaco-list-row', { hasText: 'qwen2.5-coder-1.5b.gguf' }).first().waitFor();
      await editor.press('Escape');
      await editor.find('.quick-input-widget').waitFor({ state: 'hidden' });
      assert.deepEqual([...keysOf(other.seen)], [undefined]);
      assert.deepEqual([...new Set(proxy.asked)], [`CONNECT ${host}:443`]);
    } finally {
      await other.close();
    }
  });

  it('is not asked through the proxy where the settings say so', async () => {
    await chooseAddress('https://direct.example.test');
    await editor.find('.notification-toast', { hasText: 'direct.example.test' }).first().waitFor();
    assert.deepEqual([...new Set(proxy.asked)], [`CONNECT ${host}:443`]);
  });

  it('has its key forgotten when that is asked for', async () => {
    await editor.openFile('library.ts');
    await editor.runAsking('Glassbox: Use a Server');
    await editor.choose(`Forget the key of ${origin}`);
    await editor.find('.notification-toast', { hasText: 'is forgotten' }).first().waitFor();
    server.seen.length = 0;
    await typeOn('limit');
    assert.notEqual(await suggest(), 'surfaceArea();');
    await says(new RegExp(`answers in place of ${origin}: .*does not accept the key`));
    assert.deepEqual([...keysOf(server.seen)], [undefined]);
    await editor.runAsking('Glassbox: Use a Server');
    await editor.find('.quick-input-list .monaco-list-row', { hasText: 'Search' }).first().waitFor();
    assert.equal(await editor.find('.quick-input-list .monaco-list-row', { hasText: 'Forget the key' }).count(), 0);
    await editor.press('Escape');
  });
});
