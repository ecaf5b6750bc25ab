/**
 * Open documents as code that may be copied from: by their path where the file on disk says the same, else with their text,
 * without secrets. Used by `nearbyFiles.vscode.ts`.
 */
import * as vscode from 'vscode';
import { isSecretPath } from '../../common/secrets/secretFiles';
import { unixLineEnds } from '../../common/text/cursor';
import { maxNeighbourText } from '../../ipc/engine/protocol';
import type { Neighbour } from '../../ipc/engine/protocol';
import { pathInLanguage } from '../../syntax/languages';
import { shownText } from '../shownText.vscode';

/** What a person writes; other schemes show what is generated, or as it was once. */
const schemes = new Set(['file', 'untitled', 'vscode-notebook-cell']);

/** A path that is the document's alone and ends as its language does: cells have the path of their notebook. */
export function pathOf({ uri, languageId }: vscode.TextDocument): string {
  return pathInLanguage(uri.fragment === '' ? uri.path : `${uri.path}#${uri.fragment}`, languageId);
}

/**
 * The documents that are open beside one, by {@link pathOf}. The other cells of a cell's notebook are left out: they are
 * read as one text with it.
 */
export function documentsBeside(document: vscode.TextDocument): ReadonlyMap<string, vscode.TextDocument> {
  const isCell = ({ uri }: vscode.TextDocument): boolean => uri.scheme === 'vscode-notebook-cell';
  const beside = vscode.workspace.textDocuments.filter(
    (other) =>
      other !== document &&
      schemes.has(other.uri.scheme) &&
      !isSecretPath(other.uri.path) &&
      !(isCell(other) && isCell(document) && other.uri.path === document.uri.path),
  );
  return new Map(beside.map((other) => [pathOf(other), other]));
}

/** Hands on open documents, of those that are not on disk as much text as one request may carry. */
export class OpenTexts {
  #left = maxNeighbourText;

  /** @returns undefined where there is nothing to read, or no room for it */
  take(document: vscode.TextDocument): Neighbour | undefined {
    const { uri, isDirty } = document;
    const onDisk = uri.scheme === 'file' ? uri.fsPath : undefined;
    if (onDisk !== undefined && !isDirty) return onDisk;
    const text = unixLineEnds(shownText(document));
    if (text.length > this.#left) return onDisk;
    if (text.trim() === '') return undefined;
    this.#left -= text.length;
    return { path: onDisk ?? uri.toString(), text };
  }
}
