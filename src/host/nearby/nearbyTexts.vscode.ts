/**
 * Reads the texts of the files near a document, for summaries from similar functions. Used by
 * `summaries.vscode.ts` and the summarize tool.
 */
import type * as vscode from 'vscode';
import { Neighbours } from '../../nearby/fileTexts';
import type { SourceText } from '../../nearby/matches';
import { encodingFor } from '../encodings.vscode';
import type { NeighbourFiles } from './nearbyFiles.vscode';

/** Reads the files around a document, open ones as they stand in the editor, nearest first; their texts are not kept. */
export async function textsAround(
  document: vscode.TextDocument,
  files: NeighbourFiles,
): Promise<readonly SourceText[]> {
  // The extension host stays small: what finds out encodings is part of the other processes.
  return new Neighbours().read(await files.of(document, true), encodingFor(document));
}
