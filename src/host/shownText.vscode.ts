/**
 * The text of a document as others may see it: the model, tools, panels, the clipboard. Features read documents through
 * these functions alone where a text leaves the editor.
 */
import * as vscode from 'vscode';
import { isSecretPath } from '../common/secrets/secretFiles';
import { withoutSecrets } from '../common/secrets/withoutSecrets';
import { pathInLanguage } from '../syntax/languages';

const known = new WeakMap<vscode.TextDocument, { readonly version: number; readonly text: string }>();

/** The whole text, with blanks in place of secrets: every other character keeps its place. */
export function shownText(document: vscode.TextDocument): string {
  const kept = known.get(document);
  if (kept?.version === document.version) return kept.text;
  const { path } = document.uri;
  // A cell or an untitled document is in a language that its name does not tell.
  const named = isSecretPath(path) ? path : pathInLanguage(path, document.languageId);
  const text = withoutSecrets(document.getText(), named);
  known.set(document, { version: document.version, text });
  return text;
}

/** The same of a part. A whole line decides whether it holds a secret. */
export function shownPart(document: vscode.TextDocument, range: vscode.Range): string {
  return shownText(document).slice(document.offsetAt(range.start), document.offsetAt(range.end));
}

/** @throws {Error} with a sentence where the document holds secrets by its purpose */
export function refuseSecretFile(document: vscode.TextDocument): void {
  if (isSecretPath(document.uri.path))
    throw new Error(vscode.l10n.t('Files that usually hold secrets are never shown to a model.'));
}
