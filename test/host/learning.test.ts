import assert from 'node:assert/strict';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as v from 'valibot';
import * as vscode from 'vscode';
import { shownAfterMs } from '../../src/features/completion/learning/outcomes';
import { noStatistics, statisticsSchema } from '../../src/features/completion/learning/statistics';
import type { LanguageCounts } from '../../src/features/completion/learning/statistics';
import { commands } from '../../src/host/ids';
import { accept, api, close, open, type, until, useScratchFolder, useSetting } from './editor';

/** Stands in names of files, folders, and everything that is written. */
const marker = 'Quetzalcoatlus';
const head = `const the${marker} = hatch${marker}();\nfeed`;
const rest = `${marker}(the${marker}, fresh${marker}Fruit);`;

describe('learning from suggestions', function () {
  const scratch = useScratchFolder();
  useSetting('completion.learning', true);
  useSetting('completion.minimumConfidence', 0);
  useSetting('completion.askAhead', 'never');
  // The list of words would be a place of its own.
  const setList = (to: unknown) =>
    vscode.workspace.getConfiguration('editor').update('quickSuggestions', to, vscode.ConfigurationTarget.Global);
  before(() => setList({ other: 'off', comments: 'off', strings: 'off' }));
  after(() => setList(undefined));
  afterEach(close);

  let file = '';
  before(async () => {
    file = join((await api()).shared, 'suggestions.json');
    await vscode.commands.executeCommand(commands.resetLearning);
    rmSync(file);
  });
  after(() => rmSync(file, { force: true }));

  /** What was counted of suggestions in JavaScript so far, as it lies on disk. */
  async function counted(): Promise<LanguageCounts | undefined> {
    await vscode.commands.executeCommand(commands.resetLearning);
    const { languages } = v.parse(statisticsSchema, JSON.parse(readFileSync(file, 'utf8')));
    return languages.javascript;
  }

  /** A file where the text is on screen after a key, without a command: then there is one to choose. */
  async function offered(name: string): Promise<vscode.TextEditor> {
    const { activity } = await api();
    const reasons: (string | undefined)[] = [];
    // The first answer may be late on a busy machine.
    for (let attempt = 0; attempt < 5; attempt++) {
      const folder = `${name}-${attempt}/${marker}`;
      scratch(`${folder}/zoo.js`, `${head}${rest}\n`);
      const editor = await open(scratch(`${folder}/today.js`, head));
      const why = () => activity.explanation(editor.document.uri.toString());
      const { lastRun } = activity.state;
      await type(marker[0]!);
      await until('the engine has answered', () => activity.state.lastRun !== lastRun || why() !== undefined);
      await sleep(shownAfterMs + 100);
      if (why() === undefined) return editor;
      reasons.push(why());
      await close();
    }
    throw new Error(`Nothing was suggested: ${reasons.join('; ')}`);
  }

  it('counts what was taken whole, and in words', async () => {
    assert.equal(await accept(await offered('whole')), head + rest);
    const editor = await offered('words');
    await vscode.commands.executeCommand('editor.action.inlineSuggest.acceptNextWord');
    await until('a word is taken', () => editor.document.getText().length > head.length + 1);
    await close();
    const { taken, takenPartly, byWord, keysSaved, typedOver } = (await counted())!;
    assert.deepEqual({ taken, takenPartly, byWord, typedOver }, { taken: 1, takenPartly: 1, byWord: 1, typedOver: 0 });
    assert.ok(keysSaved > rest.length - 3 && keysSaved < 2 * rest.length, `${keysSaved}`);
  });

  it('counts what was typed over, and what was left', async () => {
    await offered('over');
    await type('#');
    await close();
    await offered('left');
    await vscode.commands.executeCommand('cursorHome');
    const counts = await counted();
    assert.deepEqual({ over: counts?.typedOver, left: counts?.left }, { over: 1, left: 1 });
  });

  it('writes numbers and identifiers of languages, and nothing else', () => {
    const text = readFileSync(file, 'utf8');
    assert.doesNotMatch(text, new RegExp(`${marker}|zoo|today|feed|hatch|/|\\\\`, 'i'));
    const known = JSON.stringify(noStatistics()) + JSON.stringify(statisticsSchema);
    for (const [, word = ''] of text.matchAll(/"([^"]*)"/g))
      assert.ok(word === 'javascript' || word === 'plaintext' || known.includes(`"${word}"`), word);
    assert.match(text, /javascript/);
  });

  it('counts nothing where the setting is off', async () => {
    const before = await counted();
    const set = (to: boolean) =>
      vscode.workspace
        .getConfiguration('glassbox')
        .update('completion.learning', to, vscode.ConfigurationTarget.Global);
    await set(false);
    assert.equal(await accept(await offered('off')), head + rest);
    assert.deepEqual(await counted(), before);
    await set(true);
    assert.ok(existsSync(file));
  });
});

describe('a document that is only read', () => {
  afterEach(close);

  it('is neither completed nor read ahead', async () => {
    const provider = vscode.workspace.registerTextDocumentContentProvider('glassbox-read-only', {
      provideTextDocumentContent: () => head,
    });
    const { activity } = await api();
    const { lastRun } = activity.state;
    const editor = await open(vscode.Uri.parse('glassbox-read-only:/zoo.js'));
    await vscode.commands.executeCommand('editor.action.inlineSuggest.trigger');
    await vscode.commands.executeCommand('editor.action.inlineSuggest.commit');
    provider.dispose();
    assert.equal(editor.document.getText(), head);
    assert.equal(activity.explanation(editor.document.uri.toString()), undefined);
    assert.equal(activity.state.lastRun, lastRun);
  });
});
