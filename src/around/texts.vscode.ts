import type * as vscode from 'vscode';
import { Neighbours } from '../engine/copying/neighbours';
import type { Source } from '../engine/copying/places';
import type { NeighbourFiles } from './neighbours.vscode';

/** Reads the files around a document as they are on disk, nearest first; their texts are not kept. */
export async function textsAround(document: vscode.TextDocument, files: NeighbourFiles): Promise<readonly Source[]> {
  return new Neighbours().read(await files.of(document, true));
}
