import assert from 'node:assert/strict';
import { copyFileSync, globSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { unpackFamily } from '../support/families';
import type { Editor } from './support/editor';
import { useEditor } from './support/useEditor';
import { Workspace } from './support/workspace';

/** A store as Ollama has it, with one small model and one that was cut off. */
async function fillStore(folder: string): Promise<{ blob: string }> {
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  const [digest, broken] = ['a'.repeat(64), 'b'.repeat(64)];
  for (const [name, blob] of [
    ['tiny-llama/1m', digest],
    ['cut-off/latest', broken],
  ] as const)
    // prettier-ignore
    write(
      `manifests/registry.ollama.ai/library/${name}`,
      JSON.stringify({
        schemaVersion: 2,
        layers: [{ mediaType: 'application/vnd.ollama.image.model', digest: `sha256:${blob}` }],
      }),
    );
  write(`blobs/sha256-${broken}`, 'GGUF');
  const family = await unpackFamily('gguf-llama');
  const [file] = globSync(join(family, '*.gguf'));
  const blob = join(folder, `blobs/sha256-${digest}`);
  copyFileSync(file!, blob);
  return { blob };
}

describe('Choose a Model', () => {
  const store = mkdtempSync(join(tmpdir(), 'glassbox-ollama-'));
  let blob = '';
  before(async () => void ({ blob } = await fillStore(store)));
  after(() => rmSync(store, { recursive: true, force: true }));

  const workspace = new Workspace(['sample/src/library.ts']);
  let editor: Editor;
  const none = join(store, 'none');
  useEditor(workspace, (opened) => (editor = opened), {
    wrapper: ['env', `OLLAMA_MODELS=${store}`, `HF_HUB_CACHE=${none}`, `LLAMA_CACHE=${none}`],
  });
  const page = (selector: string, hasText?: string | RegExp) =>
    editor.view.locator(selector, hasText === undefined ? {} : { hasText }).first();
  const row = (hasText: string) => editor.find('.quick-input-list .monaco-list-row', { hasText }).first();
  let usual = '';
  const inUse = (name: string) => page('header', `In use: ${name}.`).waitFor();

  it('lists what a store holds, and says why a model cannot be used', async () => {
    await editor.openFile('library.ts');
    await editor.runAsking('Glassbox: Choose a Model');
    await row('tiny-llama:1m').waitFor();
    await row('cut-off:latest').waitFor();
    await editor.screenshot('choose-model-list');
  });

  it('tries a model beside the one in use', async () => {
    await editor.choose('tiny-llama:1m');
    await page('#use', 'Use tiny-llama:1m').waitFor();
    await page('tr', 'Lines written exactly').waitFor();
    assert.match((await page('tr', 'Lines written exactly').innerText()).trim(), /\d+ of \d+\s+\d+ of \d+$/);
    await editor.screenshot('choose-model-trial');
    usual = /In use: (.*)\./.exec(await page('header').innerText())![1]!;
  });

  for (const theme of ['Light Modern', 'Dark High Contrast', 'Light High Contrast', 'Dark Modern']) {
    it(`is drawn in the colours of ${theme}`, async () => {
      await editor.setTheme(theme);
      await page('h1').scrollIntoViewIfNeeded();
      await editor.screenshot(`choose-model-${theme.toLowerCase().replaceAll(' ', '-')}`);
    });
  }

  it('switches with one click, and back with another', async () => {
    await page('#use').click();
    await inUse('tiny-llama:1m');
    await editor.screenshot('choose-model-switched');
    await page('#back').click();
    await inUse(usual);
    await page('#use').waitFor();
  });

  it('says in one sentence that a chosen model has gone, and goes on with the one that comes with Glassbox', async () => {
    await page('#use').click();
    await inUse('tiny-llama:1m');
    rmSync(blob);
    await editor.openFile('library.ts');
    const label = editor.status.locator('[aria-label]').first();
    while (!(await label.getAttribute('aria-label'))?.includes('tiny-llama:1m, which you chose, is no longer on this disk'))
      await editor.pause();
    await editor.screenshot('choose-model-gone');
    await editor.run('View: Close All Editors');
    await editor.run('Glassbox: Diagnose');
    const completion = page('section[aria-label="Models"] tr', /loaded in \d+ ms/);
    await completion.waitFor();
    assert.doesNotMatch(await completion.innerText(), /your own|does not work/);
  });
}); // prettier-ignore
