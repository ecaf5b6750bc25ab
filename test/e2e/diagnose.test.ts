import assert from 'node:assert/strict';
import { basename } from 'node:path';
import type { Editor } from './support/editor';
import { useEditor } from './support/useEditor';
import { Workspace } from './support/workspace';

describe('Diagnose', () => {
  const workspace = new Workspace(['sample/src/library.ts']);
  let editor: Editor;
  useEditor(workspace, (opened) => (editor = opened));
  const page = (selector: string, hasText?: string | RegExp) =>
    editor.view.locator(selector, hasText === undefined ? {} : { hasText }).first();

  it('says what there is of versions, models and processes', async () => {
    await editor.openFile('library.ts');
    await editor.run('Glassbox: Diagnose');
    await page('section[aria-label="Versions"] tr', 'ONNX Runtime').waitFor();
    await page('section[aria-label="Models"] tr', /loaded in \d+ ms/).waitFor();
    await page('section[aria-label="Processes"] tr', 'ready').waitFor();
  });

  for (const theme of ['Light Modern', 'Dark High Contrast', 'Light High Contrast', 'Dark Modern']) {
    it(`is drawn in the colours of ${theme}`, async () => {
      await editor.setTheme(theme);
      await page('h1').scrollIntoViewIfNeeded();
      await editor.screenshot(`diagnose-${theme.toLowerCase().replaceAll(' ', '-')}`);
    });
  }

  it('is copied as Markdown, which names no file and no folder', async () => {
    await page('#copy').click();
    await page('.said', 'Copied').waitFor();
    const markdown = await editor.clipboard();
    assert.match(markdown, /^## Glassbox: Diagnosis\n\n### Versions\n/);
    assert.match(markdown, /\| Completion \| [^|]*decoder, context \d+/);
    for (const hidden of ['library.ts', basename(workspace.folder), '/', '\\\\', '127.0.0.1'])
      assert.ok(!markdown.includes(hidden), `${hidden} is in\n${markdown}`);
  });
});
