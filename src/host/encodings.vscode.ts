/**
 * How the editor reads files that are not Unicode, as its settings say; used by the index of the workspace and by what reads
 * files near a document.
 */
import * as vscode from 'vscode';
import type { EncodingSettings, FolderEncodings } from '../common/text/encoding/decodeText';
import { languages } from '../syntax/languageTable';

/** What `files.encoding` and `files.autoGuessEncoding` say of a folder, and of languages that have an encoding of their own there. */
export function encodingsOf(folder: vscode.WorkspaceFolder): FolderEncodings {
  const settings = vscode.workspace.getConfiguration('files', folder);
  const encoding = settings.get<string>('encoding');
  const byLanguage: Record<string, string> = {};
  for (const { id } of languages) {
    const own = vscode.workspace.getConfiguration('files', { uri: folder.uri, languageId: id }).get<string>('encoding');
    if (own !== undefined && own !== encoding) byLanguage[id] = own;
  }
  return { encoding, guess: settings.get<boolean>('autoGuessEncoding'), byLanguage };
}

/** What they say of files beside a document, in its language. */
export function encodingFor(document: vscode.TextDocument): EncodingSettings {
  const settings = vscode.workspace.getConfiguration('files', document);
  return { encoding: settings.get<string>('encoding'), guess: settings.get<boolean>('autoGuessEncoding') };
}
