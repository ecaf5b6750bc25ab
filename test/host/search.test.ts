import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as vscode from 'vscode';
import { commands, settings, tools } from '../../src/host/ids';
import { unpackFamily } from '../support/families';
import { api, close, logLines, open, suggestAndAccept, type, until, useScratchFolder } from './editor';

/** A folder inside the open workspace that tests may spoil. */
const scratch = `scratch-${process.pid}`;
const workspace = (): string => vscode.workspace.workspaceFolders![0]!.uri.fsPath;

function write(path: string, content: string): void {
  const file = join(workspace(), scratch, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
}

/** Its words are those of a name, so that the answer is the same whether meanings are compared already or not yet. */
const question = 'load the books';

/** What a language model is told, as text. */
async function ask(query: string, top = 8): Promise<string> {
  const { content } = await vscode.lm.invokeTool(tools.search, {
    toolInvocationToken: undefined,
    input: { query, top },
  });
  return content.map((part) => (part instanceof vscode.LanguageModelTextPart ? part.value : '')).join('');
}

async function untilFound(query: string, wanted: RegExp): Promise<string> {
  const end = performance.now() + 30_000;
  let text = '';
  while (performance.now() < end) {
    text = await ask(query);
    if (wanted.test(text)) return text;
  }
  throw new Error(`${query} has not found ${wanted} in time, but ${text}`);
}

const index = async () => (await api()).activity.state.index;
const pid = async (): Promise<number> => {
  const process = (await index())?.process;
  assert.ok(process?.kind === 'ready');
  return process.pid;
};

describe('search in the editor', function () {
  const typed = useScratchFolder();
  after(async () => {
    rmSync(join(workspace(), scratch), { recursive: true, force: true });
    await vscode.commands.executeCommand(commands.clearIndex);
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  const cleared = () => logLines().filter((line) => line.includes('Vectors that all workspaces share')).length;

  it('runs nothing before it is used, and indexes nothing when caches are cleared', async () => {
    assert.equal(await index(), undefined);
    const before = cleared();
    await vscode.commands.executeCommand(commands.clearCaches);
    await until('it is in the log', () => cleared() > before);
    assert.equal(await index(), undefined);
  });

  it('indexes the workspace when its view is opened, and finds code in it', async () => {
    const { activity } = await api();
    await vscode.commands.executeCommand(commands.searchByMeaning);
    await until(
      'the index is complete',
      () => activity.state.index?.process.kind === 'ready' && activity.state.index.phase === 'idle',
    );
    const text = await untilFound(question, /loadBooks/);
    const [, path = '', from = '', to = ''] = /^(.+):(\d+)-(\d+)$/m.exec(text)!;
    const lines = readFileSync(join(workspace(), path), 'utf8')
      .split('\n')
      .slice(Number(from) - 1, Number(to));
    assert.ok(text.includes(lines.join('\n').trimEnd()), text);
  });

  it('follows what is created, changed, moved and deleted', async () => {
    write('new/pelican.ts', 'export function feedThePelican(fish: number): number {\n  return fish - 1;\n}\n');
    await untilFound('feedThePelican', /pelican\.ts:1-3$/m);
    // The editor's watcher may miss what happens in a folder as new as this one.
    write(
      'new/pelican.ts',
      '// Nobody here.\n\nexport function feedTheHeron(fish: number): number {\n  return fish - 1;\n}\n',
    );
    await untilFound('feedTheHeron', /pelican\.ts:3-5$/m);
    renameSync(join(workspace(), scratch, 'new'), join(workspace(), scratch, 'moved'));
    await untilFound('feedTheHeron', /moved\/pelican\.ts/);
    rmSync(join(workspace(), scratch, 'moved'), { recursive: true });
    await untilFound('feedTheHeron symbol:feedTheHeron', /^Nothing was found\.$/);
  });

  it('shows a cell of a notebook as its code', async () => {
    const source = 'def harvested_price(gross, rate):\n    return gross / (1 + rate)';
    const cells = [
      { cell_type: 'markdown', metadata: {}, source: ['# Prices\n', 'of the harvest'] },
      { cell_type: 'code', metadata: {}, source, outputs: [], execution_count: null },
    ];
    write('prices.ipynb', JSON.stringify({ cells, metadata: {}, nbformat: 4, nbformat_minor: 5 }));
    const text = await untilFound('harvested price', /harvested_price/);
    assert.match(text, /prices\.ipynb:5-6/);
    assert.ok(text.includes(source), text);
    const { document } = (
      await vscode.workspace.openNotebookDocument(vscode.Uri.file(join(workspace(), scratch, 'prices.ipynb')))
    ).cellAt(1);
    assert.equal(document.getText().replaceAll('\r\n', '\n'), source);
  });

  it('has its shared vectors cleared, and finds what it found', async () => {
    await untilFound(question, /loadBooks/);
    const before = cleared();
    await vscode.commands.executeCommand(commands.clearCaches);
    await until('it is in the log', () => cleared() > before);
    await untilFound(question, /loadBooks/);
  });

  it('goes on when its process is killed', async () => {
    const before = await pid();
    process.kill(before, 'SIGKILL');
    const { activity } = await api();
    await until('another process runs', () => {
      const process = activity.state.index?.process;
      return process?.kind === 'ready' && process.pid !== before && activity.state.index?.phase === 'idle';
    }); // prettier-ignore
    write('after.ts', 'export function afterTheKill(): void {}\n');
    await untilFound('afterTheKill', /after\.ts:1/);
  });

  it('finds nothing in what the editor hides', async () => {
    write('hidden/ibis.ts', 'export function hideTheIbis(): void {}\n');
    await untilFound('hideTheIbis', /ibis\.ts/);
    const configuration = vscode.workspace.getConfiguration('search');
    await configuration.update('exclude', { [`${scratch}/hidden`]: true }, vscode.ConfigurationTarget.Global);
    await untilFound('hideTheIbis symbol:hideTheIbis', /^Nothing was found\.$/);
    await configuration.update('exclude', undefined, vscode.ConfigurationTarget.Global);
  });

  it('has the encoder of the settings read the code, says how far it is, and why there is none', async () => {
    const { activity } = await api();
    const sentences: string[] = [];
    const listening = activity.onDidChange(() => sentences.push(activity.state.index?.sentence ?? ''));
    const chosen = vscode.workspace.getConfiguration().inspect<string>(settings.modelEncoder)?.globalValue;
    const use = (folder: string | undefined) =>
      vscode.workspace.getConfiguration().update(settings.modelEncoder, folder, vscode.ConfigurationTarget.Global);
    const idle = (what: string, sentence: RegExp) =>
      until(what, () => activity.state.index?.phase === 'idle' && sentence.test(activity.state.index.sentence));
    try {
      await use(await unpackFamily('bert'));
      await until('the encoder has read the code', () =>
        sentences.some((sentence) => /^The encoder has read (\d+) of \1 pieces/.test(sentence)),
      );
      await idle('there is nothing left to say', /^$/);
      await untilFound('loadBooks', /loadBooks/);
      await use(join(workspace(), 'nowhere'));
      await idle('it is said that there is no such model', /nowhere/);
      await untilFound(question, /loadBooks/);
    } finally {
      await use(chosen);
      listening.dispose();
    }
    await idle('it is forgotten', /^$/);
  });

  it('completes what is typed while thousands of files are indexed', async () => {
    const { activity } = await api();
    const filesIndexed = (): number =>
      Number(/^Indexing: (\d+) /.exec(activity.state.index?.sentence ?? '')?.[1] ?? NaN);
    const before = 'function add(a, b) {\n  return a + b;\n}\n\nfunction addThree(a, b, c) {\n  return ';
    const editor = await open(typed('typed.js', before));
    // The model is open.
    await suggestAndAccept(editor);
    const served = new Set<object>();
    const listening = activity.onDidChange(() => {
      const { lastRun, index: indexing } = activity.state;
      if (lastRun !== undefined && indexing?.phase === 'indexing') served.add(lastRun);
    });
    const runBefore = activity.state.lastRun;
    const functions = (file: number): string =>
      Array.from(
        { length: 4 },
        (_, index) =>
          `export function crane${index}of${file}(value: number): number {\n  return value * ${file} + ${index};\n}\n`,
      ).join('\n');
    for (let file = 0; file < 5_000; file++) write(`many/${file % 50}/file${file}.ts`, functions(file));
    await vscode.commands.executeCommand(commands.rebuildIndex);
    await until('the files are being indexed', () => filesIndexed() > 0);
    const [first, sizes] = [filesIndexed(), new Set<number>()];
    while (activity.state.index?.phase === 'indexing') {
      await type('a');
      sizes.add(filesIndexed());
      await type(' + ');
      await until(
        'a suggestion was computed, or the index is complete',
        () => activity.state.running === 0 || activity.state.index?.phase !== 'indexing',
      );
      await sleep(50);
    }
    listening.dispose();
    if (runBefore !== undefined) served.delete(runBefore);
    console.log(`      ${served.size} suggestions while indexing, from file ${first} on`);
    // Neither waits for the end of the other.
    assert.ok(served.size > 0);
    assert.ok([...sizes].some((files) => files > first));
    await until('all is indexed', () => activity.state.index?.phase === 'idle');
    await untilFound('crane3of4999', /file4999\.ts/);
    await close();
  });

  it('refuses what the tool does not take', async () => {
    const wrong = vscode.lm.invokeTool(tools.search, { toolInvocationToken: undefined, input: { top: 3 } });
    await assert.rejects(Promise.resolve(wrong), /query/);
  });
});
