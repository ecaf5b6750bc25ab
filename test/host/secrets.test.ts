import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import * as vscode from 'vscode';
import { DefinitionContext } from '../../src/features/completion/context/definitions.vscode';
import { cursorContextAt } from '../../src/features/completion/document.vscode';
import { completeParams, pathForModel } from '../../src/features/completion/request';
import { hitOf, stretchOf } from '../../src/features/inspector/captureRequest.vscode';
import { allHitsAsText } from '../../src/features/search/allHits.vscode';
import { subjectOf } from '../../src/features/search/explained.vscode';
import { contextOf, sampleOf } from '../../src/features/search/finder.vscode';
import { toMessage } from '../../src/features/summarize/chatProvider.vscode';
import { createLog } from '../../src/host/log.vscode';
import { OpenTexts } from '../../src/host/nearby/openDocuments.vscode';
import { shownText } from '../../src/host/shownText.vscode';
import type { FoundChunk } from '../../src/ipc/indexer/protocol';
import { root } from '../support/paths';
import { plantedSecrets } from '../support/plantedSecrets';
import { open, select, until, useScratchFolder } from './editor';

/** The first and the last line of each document. */
const ends = ['first line', 'last line'];

/** All of the document as a search has found it. */
function hitIn({ uri, lineCount }: vscode.TextDocument): FoundChunk {
  const why = { words: [], dense: 0.5, rules: [] };
  const [path, folder] = [basename(uri.fsPath), dirname(uri.fsPath)];
  const piece = { start: 0, end: Number.MAX_SAFE_INTEGER, around: '', model: 'table' };
  return { root: folder, path, from: 1, to: lineCount, symbol: '', piece, why } as unknown as FoundChunk;
}

/** The ways out that a document's text takes in the editor; test/unit/common/secrets lists who reads documents. */
const ways: Readonly<Record<string, (editor: vscode.TextEditor) => Promise<string>>> = {
  'the text of a document': ({ document }) => Promise.resolve(shownText(document)),
  'a hit as context, copied or told to a tool': ({ document }) => contextOf(hitIn(document)),
  'all hits in an editor': ({ document }) => allHitsAsText('a question', [hitIn(document)], () => ''),
  'code whose like is looked for': (editor) => Promise.resolve(sampleOf(editor)?.code ?? ''),
  'a selection that is looked into': ({ document, selection }) =>
    Promise.resolve(JSON.stringify(stretchOf(document, selection, '/model', 'selection'))),
  'a hit that is looked into': async ({ document }) => {
    const asked = { text: 'a question', kind: 'words' } as const;
    const subject = await subjectOf(hitIn(document), asked, { folder: '/model', isTable: true });
    return JSON.stringify([subject, await hitOf(subject)]);
  },
  'a document that is not on disk as a neighbour': async ({ document }) => {
    const { languageId } = document;
    const unsaved = await vscode.workspace.openTextDocument({ content: document.getText(), language: languageId });
    return JSON.stringify(new OpenTexts().take(unsaved));
  },
  'declarations that the model is shown': async ({ document }) => {
    const asking = await vscode.workspace.openTextDocument({ content: 'name', language: 'plaintext' });
    const told: string[] = [];
    for (let first = 0; first < document.lineCount; first += 5) {
      const lines = Array.from({ length: 5 }, (_line, at) => first + at).filter((line) => line < document.lineCount);
      const places = lines.map((line) => new vscode.Location(document.uri, new vscode.Position(line, 0)));
      const server = vscode.languages.registerDefinitionProvider('plaintext', { provideDefinition: () => places });
      try {
        const context = new DefinitionContext(60_000);
        await context.look(asking, new vscode.Position(0, 4));
        told.push(JSON.stringify(context.of(asking)));
      } finally {
        server.dispose();
      }
    }
    return told.join('\n');
  },
  'the cells of a notebook': async ({ document }) => {
    const { languageId } = document;
    const cell = (text: string) => new vscode.NotebookCellData(vscode.NotebookCellKind.Code, text, languageId);
    const cells = [cell(document.getText()), cell('here'), cell(document.getText())];
    const notebook = await vscode.workspace.openNotebookDocument('jupyter-notebook', new vscode.NotebookData(cells));
    const own = notebook.cellAt(1).document;
    const { prefix, suffix } = completeParams(cursorContextAt(own, own.lineAt(0).range.end, undefined), {
      model: 'm',
      path: pathForModel({ path: own.uri.path, languageId }, undefined),
      mode: 'line',
    });
    return prefix + suffix;
  },
  'messages of the chat': ({ document }) => {
    const content = [new vscode.LanguageModelTextPart(document.getText())];
    return Promise.resolve(toMessage({ role: vscode.LanguageModelChatMessageRole.User, content }).content);
  },
  'the log': async ({ document }) => {
    const log = createLog();
    const mark = `${basename(document.fileName)} is told`;
    log.warn(document.getText(), new Error(document.getText()));
    log.warn(mark);
    let text = '';
    await until('it is written', () => (text = logged()).includes(mark));
    // It is not disposed of: the editor would close the extension's own channel of that name with it.
    return text;
  },
};

function logged(): string {
  const { results } = JSON.parse(process.env.GLASSBOX_TESTS ?? '') as { results: string };
  const files = globSync('**/Glassbox*.log', { cwd: dirname(results) });
  return files.map((file) => readFileSync(join(dirname(results), file), 'utf8')).join('\n');
}

describe('what holds secrets leaves the editor by no way:', function () {
  const scratch = useScratchFolder();
  const planted = plantedSecrets(root, 'known', 11);
  for (const ending of ['.ts', '.py', '.yml', '.sh', '.properties']) {
    const own = planted.filter(({ path }) => extname(path) === ending);
    for (const [at, [name, way]] of Object.entries(ways).entries())
      it(`${name} (${ending})`, async () => {
        const text = [ends[0], ...own.map(({ line }) => line), ends[1]].join('\n');
        const editor = await open(scratch(`planted${at}${ending}`, text));
        await select(editor, new vscode.Selection(new vscode.Position(0, 0), editor.selection.active));
        const left = await way(editor);
        for (const end of ends) assert.ok(left.includes(end), `${end} is not in ${left}`);
        for (const { line, secrets } of own) for (const secret of secrets) assert.ok(!left.includes(secret), line);
      });
  }
});
