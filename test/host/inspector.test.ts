import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { commands } from '../../src/host/ids';
import { fileIn } from '../../src/features/inspector/linkedFile.vscode';
import { relationsOf } from '../../src/features/inspector/relations.vscode';
import { sampleOf } from '../../src/features/search/finder.vscode';
import { CaptureSource } from '../../src/features/inspector/source';
import { grammars } from '../support/grammars';
import { close, logLines, open, select, suggestAndAccept, until, useScratchFolder } from './editor';

const code = `/** Books, in the order in which they were put there. */
class Shelf {
  constructor() {
    this.books = [];
  }

  add(title, pages) {
    const book = { title, pages };
    this.books.push(book);
    return book;
  }

  longest() {
    return this.books.
  }
}
`;

describe('the attention panel', function () {
  const scratch = useScratchFolder();
  const captured = (title: string) =>
    logLines().filter((line) => line.includes(`Captured attention of ${title}`)).length;
  const refused = () => logLines().filter((line) => line.includes('View "inspector"'));

  after(async () => {
    assert.deepEqual(refused(), [], 'a message was refused');
    await vscode.commands.executeCommand('workbench.action.closeAuxiliaryBar');
  });

  it('captures what is selected', async () => {
    const editor = await open(scratch('shelf.js', code), 6, 0);
    await select(editor, new vscode.Selection(6, 0, 10, 3));
    await vscode.commands.executeCommand(commands.inspectAttention);
    await until('the capture is told in the log', () => captured('shelf.js:7–11') === 1);
    await close();
  });

  it('explains the suggestion that was taken', async () => {
    const editor = await open(scratch('explained.js', code), 13, 22);
    const after = await suggestAndAccept(editor);
    assert.notEqual(after, undefined);
    await vscode.commands.executeCommand(commands.explainSuggestion);
    await until('the capture is told in the log', () => captured('Suggestion in explained.js') === 1);
    await close();
  });

  it('says what is missing where nothing is selected or was suggested', async () => {
    await open(scratch('empty.txt', 'nothing'), 0, 0);
    await vscode.commands.executeCommand(commands.inspectAttention);
    await vscode.commands.executeCommand(commands.explainSuggestion);
    const said = (sentence: string) =>
      logLines().some((line) => line.includes(`Attention could not be shown: ${sentence}`));
    await until(
      'both reasons are in the log',
      () => said('Select the code') && said('No suggestion was made in this file yet'),
    );
    await close();
  });
});

describe('what holds secrets by its name', function () {
  const scratch = useScratchFolder();
  const refused = () => logLines().filter((line) => line.includes('never shown to a model')).length;

  it('is not looked into, nor is its like searched for', async () => {
    const before = refused();
    const editor = await open(scratch('.env', 'const apple = pear;\n'), 0, 0);
    await select(editor, new vscode.Selection(0, 0, 0, 10));
    await vscode.commands.executeCommand(commands.inspectAttention);
    await until('the reason is in the log', () => refused() === before + 1);
    assert.throws(() => sampleOf(editor), /never shown to a model/);
    await close();
  });
});

describe('the file that a link means', function () {
  const scratch = useScratchFolder();

  it('is the one of the first folder that has it, in no other place, and none that holds secrets', async () => {
    const files = ['one/a.js', 'two/a.js', 'two/deep/b.js', 'two/.env'].map((name) => scratch(name, ''));
    const folders = ['../one', '../two'].map((name) => ({ uri: vscode.Uri.joinPath(files[0]!, '..', name) }));
    const found = async (path: string) => (await fileIn(folders, path))?.path;
    assert.equal(await found('a.js'), files[0]!.path);
    assert.equal(await found('deep/b.js'), files[2]!.path);
    for (const path of ['deep', 'c.js', '.env', 'etc/passwd']) assert.equal(await found(path), undefined, path);
    // Without a folder, nothing on the disk is looked for.
    assert.equal(await fileIn([], 'etc/passwd'), undefined);
  });
});

describe('what the editor knows of captured code', function () {
  const scratch = useScratchFolder();
  const text = 'const shelf = { books: 3 };\nfunction count() {\n  return shelf.books + shelf.books;\n}\n';
  const quiet = { debug: () => undefined };
  const signal = new AbortController().signal;
  let provider: vscode.Disposable | undefined;
  afterEach(() => {
    provider?.dispose();
  });

  /** A document, and a capture of all of it in tokens of words and signs. */
  async function captured(name: string): Promise<{ source: CaptureSource; texts: string[] }> {
    const { document } = await open(scratch(name, text));
    const source = new CaptureSource(
      { uri: document.uri.toString(), text, languageId: document.languageId },
      { start: 0 },
    );
    const texts = text.match(/\w+|\s+|[^\w\s]/g) ?? [];
    let at = 0;
    const ranges = Uint32Array.from(texts.flatMap((own) => [at, (at += own.length)]));
    const segments = [{ kind: 'text' as const, from: 0, to: texts.length, start: 0, end: at }];
    source.locate({ sequences: [{ ids: Int32Array.from(texts, (_, i) => i), texts, text, ranges, segments }] });
    return { source, texts };
  }

  const pairsOf = (found: Awaited<ReturnType<typeof relationsOf>>, role: string, texts: readonly string[]) => {
    const pairs = found.find((relation) => relation.role === role)?.pairs ?? new Uint32Array();
    return Array.from(
      { length: pairs.length / 2 },
      (_, i) => `${texts[pairs[2 * i]!]} ${pairs[2 * i]} → ${texts[pairs[2 * i + 1]!]} ${pairs[2 * i + 1]}`,
    );
  };

  it('is where its language server says that names are defined, and what is of one syntax node', async () => {
    const { source, texts } = await captured('known.js');
    provider = vscode.languages.registerDefinitionProvider(
      { language: 'javascript' },
      {
        provideDefinition: (document, position) => {
          const word = document.getText(document.getWordRangeAtPosition(position));
          return new vscode.Location(document.uri, document.positionAt(text.indexOf(word)));
        },
      },
    );
    const found = await relationsOf(source, 0, Promise.resolve(grammars), quiet, signal);
    const [first, ...uses] = texts.flatMap((own, i) => (own === 'shelf' ? [i] : []));
    const defined = pairsOf(found, 'definition', texts);
    for (const use of uses) assert.ok(defined.includes(`shelf ${use} → shelf ${first}`), defined.join(', '));
    assert.ok(pairsOf(found, 'parent', texts).some((pair) => /^books \d+ → shelf/.test(pair)));
    await close();
  });

  it('is left out where a language server does not answer, or nobody wants it any more', async () => {
    const { source } = await captured('slow.js');
    let asked = 0;
    provider = vscode.languages.registerDefinitionProvider(
      { language: 'javascript' },
      {
        provideDefinition: () => {
          asked++;
          return new Promise<undefined>(() => undefined);
        },
      },
    );
    const found = await relationsOf(source, 0, Promise.resolve(grammars), quiet, signal);
    assert.deepEqual(
      found.map(({ role }) => role),
      ['parent'],
    );
    const before = asked;
    assert.deepEqual(
      (await relationsOf(source, 0, Promise.resolve(grammars), quiet, AbortSignal.abort())).map(({ role }) => role),
      ['parent'],
    );
    assert.equal(asked, before);
    await close();
  });
});
