/**
 * Converts a search hit and its question into the subject that the inspector explains, with the texts as they were
 * embedded. Used by the search view; code is taken without secrets.
 */
import * as vscode from 'vscode';
import { maxQuestionLength } from '../../ipc/indexer/protocol';
import type { FoundChunk } from '../../ipc/indexer/protocol';
import { parseQuestion, typed } from '../../ipc/indexer/query';
import { unixLineEnds } from '../../common/text/cursor';
import { shownText } from '../../host/shownText.vscode';
import type { ExplainableHit } from '../../host/explainables';
import type { Comparing } from './comparing';
import { uriOf } from './finder.vscode';

/** What was asked: words, or a piece of code whose like was looked for. */
export interface ExplainedQuery {
  readonly text: string;
  readonly kind: 'words' | 'code';
}

/** A hit with its question, both as they were embedded. @throws {Error} where the file is gone */
export async function subjectOf(
  { piece, why, ...hit }: FoundChunk,
  { text: question, kind }: ExplainedQuery,
  { folder, isTable }: Comparing,
): Promise<ExplainableHit> {
  const document = await vscode.workspace.openTextDocument(uriOf(hit));
  const text = unixLineEnds(shownText(document));
  return {
    kind: 'hit',
    document: document.uri.toString(),
    start: offsetIn(document, text, piece.start),
    end: offsetIn(document, text, piece.end),
    model: folder,
    isTable,
    question: parseQuestion(typed(question.slice(0, maxQuestionLength), kind)).text,
    code: text.slice(piece.start, piece.end),
    around: piece.around,
    score: piece.model === undefined ? undefined : why.dense,
  };
}

/** An offset of the index, where a line break is one character, as the document counts. @param text with `\n` alone */
function offsetIn(document: vscode.TextDocument, text: string, offset: number): number {
  if (document.eol === vscode.EndOfLine.LF) return offset;
  return offset + text.slice(0, offset).split('\n').length - 1;
}
