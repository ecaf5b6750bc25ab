/** What leads from a search hit on: its callers, what it calls, its tests, and all hits in one editor. */
import assert from 'node:assert/strict';
import { dirname, join, relative } from 'node:path';
import * as vscode from 'vscode';
import { openAllHits } from '../../src/features/search/allHits.vscode';
import { relatedPlaces } from '../../src/features/search/related.vscode';
import type { HitRelation } from '../../src/features/search/messages';
import type { WorkspaceIndex } from '../../src/features/search/workspaceIndex.vscode';
import { commands } from '../../src/host/ids';
import type { FoundChunk } from '../../src/ipc/indexer/protocol';
import { useScratchFolder } from './editor';

const weigh = 'export function weighHeron(fish) {\n  return scale(fish) + rinse(fish);\n}\n';
const feed = 'export function feedHeron() {\n  return weighHeron(1);\n}\n';
const test = "it('weighs', () => weighHeron(2));\n";
const scale = 'export function scale(fish) {\n  return fish;\n}\n';

describe('from a search hit', () => {
  const write = useScratchFolder();
  // No language server knows this ending.
  const [weighing, feeding, testing, scaling] = ['src/weigh', 'src/feed', 'test/weigh', 'src/scale'].map(
    (name, number) => write(`${name}.heron`, [weigh, feed, test, scale][number]!),
  ) as [vscode.Uri, vscode.Uri, vscode.Uri, vscode.Uri];
  const root = dirname(dirname(weighing.fsPath));

  const hitAt = (uri: vscode.Uri, from: number, to: number, symbol: string): FoundChunk => ({
    root,
    path: relative(root, uri.fsPath).replaceAll('\\', '/'),
    from,
    to,
    symbol,
    score: 1,
    why: { terms: {}, rules: {} },
    piece: { start: 0, end: 1, around: '' },
    snippet: { line: from, text: '', marks: [] },
  });
  const hit = hitAt(weighing, 1, 3, 'weighHeron');

  /** Answers as the index would: with the pieces that hold a word of the question. */
  const asked: string[] = [];
  const index = {
    request: (_: string, { text }: { text: string }) => {
      asked.push(text);
      const word = /[A-Za-z]+/.exec(text)?.[0] ?? '';
      const all = [
        [hit, weigh],
        [hitAt(feeding, 1, 3, 'feedHeron'), feed],
        [hitAt(testing, 1, 1, ''), test],
        [hitAt(scaling, 1, 3, 'scale'), scale],
      ] as const;
      return Promise.resolve({ found: all.flatMap(([one, code]) => (code.includes(word) ? [one] : [])) });
    },
  } as unknown as WorkspaceIndex;

  const related = async (relation: HitRelation, of = hit) => {
    const { places, isByServer } = await relatedPlaces(index, of, relation);
    return [isByServer, ...places.map(({ uri, range }) => `${relative(root, uri.fsPath)}:${range.start.line + 1}`)];
  };

  it('lead names to its callers, what it calls and its tests, where no language server answers', async () => {
    assert.deepEqual(await related('callers'), [false, join('src', 'feed.heron:2'), join('test', 'weigh.heron:1')]);
    assert.deepEqual(await related('tests'), [false, join('test', 'weigh.heron:1')]);
    asked.length = 0;
    assert.deepEqual(await related('callees'), [false, join('src', 'scale.heron:1')]);
    assert.deepEqual(asked, ['scale symbol:scale', 'rinse symbol:rinse']);
    assert.deepEqual(await related('callers', hitAt(testing, 1, 1, '')), [false]);
  });

  it('leads a language server, where one knows calls, and the index is not asked', async () => {
    const item = (uri: vscode.Uri, line: number): vscode.CallHierarchyItem => {
      const range = new vscode.Range(line, 0, line, 5);
      return new vscode.CallHierarchyItem(vscode.SymbolKind.Function, 'f', '', uri, range, range);
    };
    const at: vscode.Position[] = [];
    const provider = vscode.Disposable.from(
      vscode.languages.registerCallHierarchyProvider(
        { pattern: '**/*.heron' },
        {
          prepareCallHierarchy: (document, position) => {
            at.push(position);
            return item(document.uri, position.line);
          },
          provideCallHierarchyIncomingCalls: () => [
            new vscode.CallHierarchyIncomingCall(item(feeding, 0), [new vscode.Range(1, 9, 1, 19)]),
          ],
          provideCallHierarchyOutgoingCalls: () => [
            new vscode.CallHierarchyOutgoingCall(item(scaling, 0), [new vscode.Range(1, 9, 1, 14)]),
          ],
        },
      ),
      vscode.languages.registerReferenceProvider(
        { pattern: '**/*.heron' },
        {
          provideReferences: () => [
            new vscode.Location(weighing, new vscode.Range(0, 16, 0, 26)),
            new vscode.Location(feeding, new vscode.Range(1, 9, 1, 19)),
            new vscode.Location(testing, new vscode.Range(0, 19, 0, 29)),
          ],
        },
      ),
    );
    try {
      asked.length = 0;
      assert.deepEqual(await related('callers'), [true, join('src', 'feed.heron:2')]);
      assert.deepEqual(await related('callees'), [true, join('src', 'scale.heron:1')]);
      assert.deepEqual(await related('tests'), [true, join('test', 'weigh.heron:1')]);
      assert.deepEqual(asked, []);
      // It is asked where the hit says what it is.
      assert.deepEqual(at[0], new vscode.Position(0, 'export function '.length));
    } finally {
      provider.dispose();
    }
  });

  it('lists all hits in one editor, whose lines lead to their places', async () => {
    await openAllHits('weigh the heron', [hit, hitAt(feeding, 1, 3, 'feedHeron')], (of) => (of === root ? root : ''));
    const { document } = vscode.window.activeTextEditor!;
    assert.equal(document.languageId, 'search-result');
    const text = document.getText().replaceAll('\r\n', '\n');
    assert.match(text, /^# Query: weigh the heron\n\n2 hits in 2 files\n\n/);
    assert.match(
      text,
      /src\/feed\.heron:\n {2}1: export function feedHeron\(\) \{\n {2}2 {2} {2}return weighHeron\(1\);/,
    );
    // Nothing to save when it is closed.
    assert.ok(!document.isDirty && !document.isUntitled);
    assert.match(vscode.window.tabGroups.activeTabGroup.activeTab?.label ?? '', /^weigh the heron/);
  });

  it('has commands for all of that in its menu, which other callers are refused by', async () => {
    const known = await vscode.commands.getCommands(true);
    for (const command of [commands.hitCallers, commands.hitCallees, commands.hitTests]) {
      assert.ok(known.includes(command), command);
      // Of an answer that is not shown, nothing is done.
      await vscode.commands.executeCommand(command, { webviewSection: 'hit', answer: 999, hit: 0 });
    }
  });
});
