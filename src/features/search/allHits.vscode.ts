/** Opens all hits of an answer with their code in one editor, without secrets. Used by the search view. */
import * as vscode from 'vscode';
import type { FoundChunk } from '../../ipc/indexer/protocol';
import { shownPart } from '../../host/shownText.vscode';
import { nameOf } from './finder.vscode';
import { documentOf } from './hitDocument.vscode';
import { hitsInWords } from './messages';
import { listHits } from './listing';
import type { ListedHit } from './listing';

/** VS Code's own language of search results: each line leads to its place. */
const language = 'search-result';
const scheme = 'glassbox-hits';

/** Texts of the lists that are open, by their addresses. */
const texts = new Map<string, string>();
let provider: vscode.Disposable | undefined;
let made = 0;

/**
 * The list is a document of its own kind, which is read only: closing it asks for nothing.
 *
 * @param rootName shown before paths; empty where there is one root only
 */
export async function openAllHits(
  question: string,
  found: readonly FoundChunk[],
  rootName: (root: string) => string,
): Promise<void> {
  provider ??= provideTexts();
  const title = question
    .replaceAll(/[\s/\\]+/g, ' ')
    .trim()
    .slice(0, maxTitleLength);
  const uri = vscode.Uri.from({ scheme, path: `/${title}`, query: String(made++) });
  texts.set(uri.toString(), await allHitsAsText(question, found, rootName));
  const document = await vscode.languages.setTextDocumentLanguage(
    await vscode.workspace.openTextDocument(uri),
    language,
  );
  await vscode.window.showTextDocument(document, { preview: false });
}

/** UTF-16 units. */
const maxTitleLength = 60;

function provideTexts(): vscode.Disposable {
  return vscode.Disposable.from(
    vscode.workspace.registerTextDocumentContentProvider(scheme, {
      provideTextDocumentContent: (uri) => texts.get(uri.toString()) ?? '',
    }),
    vscode.window.tabGroups.onDidChangeTabs(({ closed }) => {
      for (const { input } of closed)
        if (input instanceof vscode.TabInputText && input.uri.scheme === scheme) texts.delete(input.uri.toString());
    }),
  );
}

export async function allHitsAsText(
  question: string,
  found: readonly FoundChunk[],
  rootName: (root: string) => string,
): Promise<string> {
  const read = await Promise.all(found.map((hit) => listed(hit, rootName(hit.root)).catch(() => undefined)));
  // A file that has gone since is no hit.
  const hits = read.filter((hit) => hit !== undefined);
  const files = new Set(hits.map(({ name }) => name)).size;
  return listHits(question, hitsInWords(hits.length, files, vscode.l10n.t), hits);
}

async function listed(hit: FoundChunk, root: string): Promise<ListedHit> {
  const found = await documentOf(hit);
  const code = shownPart(found.document, found.range);
  const marked = hit.from + nameOf(hit, found).range.start.line - found.range.start.line;
  return { name: root === '' ? hit.path : `${root} • ${hit.path}`, from: hit.from, marked, code };
}
