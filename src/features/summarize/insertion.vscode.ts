/**
 * Inserts a summary into its document as documentation or comment, in one undoable edit. Used by
 * `summaries.vscode.ts`; refuses where the code has changed or the document is read-only.
 */
import * as vscode from 'vscode';
import { commentEdit, documentationEdit } from './comment/edit';
import type { TextEdit, EditOptions, Refusal } from './comment/edit';
import { languageAt } from '../../syntax/regions';
import { plainText } from './present';
import type { Summarizer } from './summarizer';
import type { SummaryThread } from './thread.vscode';

/** Why nothing was inserted. */
export type NotInserted = Refusal | 'changed' | 'empty' | 'readOnly';

/**
 * Writes a summary into its document as documentation of its symbol, or as a comment above its lines: one edit, one step
 * to undo.
 *
 * @param path as the summarizer was asked with
 * @returns undefined when it was done
 */
export async function insert(
  thread: SummaryThread,
  summarizer: Summarizer,
  path: string,
  replace: boolean,
): Promise<NotInserted | undefined> {
  const { document, summary, range } = thread;
  if (summary === undefined || range === undefined) return 'empty';
  if (!thread.options.writable) return 'readOnly';
  if (thread.stale) return 'changed';
  const text = plainText(summary);
  if (text === '') return 'empty';
  const source = document.getText();
  const edit = await editFor();
  if (typeof edit === 'string') return edit;
  // Something may have been typed while the file was read.
  if (document.getText() !== source) return 'changed';
  const change = new vscode.WorkspaceEdit();
  change.replace(
    document.uri,
    new vscode.Range(document.positionAt(edit.start), document.positionAt(edit.end)),
    edit.text,
  );
  return (await vscode.workspace.applyEdit(change)) && document.getText() !== source ? undefined : 'readOnly';

  async function editFor(): Promise<TextEdit | Refusal | 'changed'> {
    const { subject, mode } = summary as NonNullable<typeof summary>;
    const start = (range as NonNullable<typeof range>).start;
    // A component's script, template and style are each commented as what they are.
    const languageId = languageAt(source, path, start) ?? document.languageId;
    const options = optionsFor(document, languageId, replace);
    if (subject.symbol === undefined) return commentEdit(source, start, { name: '', text }, options);
    const { name } = subject.symbol;
    const symbol = (await summarizer.symbols(source, path)).find((one) => one.name === name && one.start === start);
    if (symbol === undefined) return 'changed';
    return documentationEdit(
      source,
      symbol,
      { name, text, facts: mode === 'parameters' ? symbol.signature : undefined },
      options,
    );
  }
}

const defaultWidth = 80;

function optionsFor(document: vscode.TextDocument, languageId: string, replace: boolean): EditOptions {
  const configuration = vscode.workspace.getConfiguration('editor', document);
  const [ruler] = configuration.get<(number | { column: number })[]>('rulers', []);
  const editor = vscode.window.visibleTextEditors.find((one) => one.document === document);
  const tabSize = Number(editor?.options.tabSize ?? configuration.get('tabSize', 4));
  const spaces = editor?.options.insertSpaces ?? configuration.get('insertSpaces', true);
  return {
    languageId,
    replace,
    lineBreak: document.eol === vscode.EndOfLine.CRLF ? '\r\n' : '\n',
    width: (typeof ruler === 'object' ? ruler.column : ruler) ?? defaultWidth,
    tabSize,
    indentation: spaces === false ? '\t' : ' '.repeat(tabSize),
  };
}
