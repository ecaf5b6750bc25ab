/**
 * The notebook that a document is a cell of, and its other cells of the same language. Used where a cell is read as code
 * that goes on in other cells; asks for no kernel.
 */
import * as vscode from 'vscode';

/** The notebook that a document is a cell of. */
export function notebookOf(document: vscode.TextDocument): vscode.NotebookDocument | undefined {
  if (document.uri.scheme !== 'vscode-notebook-cell') return undefined;
  return vscode.workspace.notebookDocuments.find((notebook) =>
    notebook.getCells().some((cell) => cell.document === document),
  );
}

/** The file that a document is of, or is a part of: a cell's is its notebook's. */
export function fileOf(document: vscode.TextDocument): vscode.Uri {
  return notebookOf(document)?.uri ?? document.uri;
}

/** IPython's magics that are followed by Python; any other makes the whole cell something else. */
const pythonMagic = /^%%(?:time|timeit|capture|prun)\b/;

/**
 * The other cells that hold the same language as a cell, in their order; none for a document that is no cell. A cell that
 * a magic hands to another program, such as `%%bash`, holds another language whatever the notebook says.
 */
export function cellsAround(document: vscode.TextDocument): {
  readonly above: readonly vscode.TextDocument[];
  readonly below: readonly vscode.TextDocument[];
} {
  const cells = notebookOf(document)?.getCells() ?? [];
  const own = cells.findIndex((cell) => cell.document === document);
  const alike = (some: readonly vscode.NotebookCell[]) =>
    some.map((cell) => cell.document).filter((other) => other.languageId === document.languageId && !isForeign(other));
  return { above: alike(cells.slice(0, Math.max(0, own))), below: alike(cells.slice(own + 1)) };
}

function isForeign(cell: vscode.TextDocument): boolean {
  const first = cell.lineAt(0).text;
  return first.startsWith('%%') && !pythonMagic.test(first);
}
