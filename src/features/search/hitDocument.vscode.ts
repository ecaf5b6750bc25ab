/** The document that a search hit stands in, and where: of a notebook, one of its cells. Used by the finder and by explanations. */
import * as vscode from 'vscode';
import type { FoundChunk } from '../../ipc/indexer/protocol';
import { languageOf } from '../../syntax/languages';
import { cellAt } from './notebookCells';

export function uriOf({ root, path }: Pick<FoundChunk, 'root' | 'path'>): vscode.Uri {
  return vscode.Uri.joinPath(vscode.Uri.file(root), ...path.split('/'));
}

export interface HitDocument {
  readonly document: vscode.TextDocument;
  /** The lines of the hit. */
  readonly range: vscode.Range;
  /** Where the document is a cell. */
  readonly cell?: vscode.NotebookCell;
}

/** @throws {Error} where the file is gone */
export async function documentOf(hit: Pick<FoundChunk, 'root' | 'path' | 'from' | 'to'>): Promise<HitDocument> {
  const { from, to } = hit;
  const lines = new vscode.Range(from - 1, 0, to - 1, Number.MAX_SAFE_INTEGER);
  if (!isNotebook(hit.path)) {
    const document = await vscode.workspace.openTextDocument(uriOf(hit));
    return { document, range: document.validateRange(lines) };
  }
  const notebook = await vscode.workspace.openNotebookDocument(uriOf(hit));
  const cells = notebook.getCells();
  const counts = cells.map(({ document }) => document.lineCount);
  const [first, last] = [cellAt(counts, from - 1), cellAt(counts, to - 1)];
  const cell = first && cells[first.cell];
  if (first === undefined || cell === undefined) throw new Error(vscode.l10n.t('The notebook has no cells.'));
  const end = last?.cell === first.cell ? last.line : cell.document.lineCount - 1;
  const range = new vscode.Range(first.line, 0, end, Number.MAX_SAFE_INTEGER);
  return { document: cell.document, range: cell.document.validateRange(range), cell };
}

const isNotebook = (path: string): boolean => languageOf(path).id === 'jupyter';
