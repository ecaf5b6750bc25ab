import assert from 'node:assert/strict';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as vscode from 'vscode';
import { close, open, suggestAndAccept, useScratchFolder, useSetting } from './editor';

const elsewhere = 'const cage = openCage();\nexport const weight = weighTheToucan(cage, scale.kilograms);\n';
const here = "import { cage } from './cage';\n\nexport const weight = weighTheToucan(";
const whole = `${here}cage, scale.kilograms);\n`;

describe('a suggestion that is copied', function () {
  const scratch = useScratchFolder();
  const folder = join(vscode.workspace.workspaceFolders![0]!.uri.fsPath, 'copying');
  const inWorkspace = (name: string, content: string): vscode.Uri => {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
    return vscode.Uri.file(path);
  };
  after(() => rmSync(folder, { recursive: true, force: true }));
  afterEach(close);

  it('comes from a file beside', async () => {
    scratch('beside/zoo.ts', elsewhere);
    const editor = await open(scratch('beside/today.ts', `${here}\n`), 2, here.split('\n')[2]!.length);
    assert.equal(await suggestAndAccept(editor), whole);
  });

  it('has the names of the place where others stand in their place', async () => {
    const before =
      'this.beak = brush(bird.beak, softly);\nthis.feathers = brush(bird.feathers, softly);\nthis.claws = ';
    const editor = await open(scratch('renamed/bird.ts', `${before}\n`), 2, before.split('\n')[2]!.length);
    assert.equal(await suggestAndAccept(editor), `${before}brush(bird.claws, softly);\n`);
  });

  it('comes from a file of another folder of the workspace', async () => {
    inWorkspace('keepers/zoo.ts', elsewhere);
    // Folders are walked through beside the first suggestion, which does not wait for that.
    let found: string | undefined;
    for (let tries = 0; tries < 20 && found !== whole; tries++) {
      const editor = await open(inWorkspace(`visitors/day${tries}.ts`, `${here}\n`), 2, here.split('\n')[2]!.length);
      found = await suggestAndAccept(editor);
      await close();
      rmSync(editor.document.uri.fsPath);
    }
    assert.equal(found, whole);
  });

  describe('where the settings say not to', () => {
    useSetting('completion.copying', false);

    it('is none', async () => {
      scratch('alone/zoo.ts', elsewhere);
      const editor = await open(scratch('alone/today.ts', `${here}\n`), 2, here.split('\n')[2]!.length);
      assert.notEqual(await suggestAndAccept(editor), whole);
    });
  });
});
