/**
 * Converts a search hit and its question into the subject that the inspector explains, with the texts as they were
 * embedded. Used by the search view; code is taken without secrets.
 */
import * as vscode from 'vscode';
import { maxQuestionLength } from '../../ipc/indexer/protocol';
import type { FoundChunk } from '../../ipc/indexer/protocol';
import { parseQuestion, typed } from '../../ipc/indexer/query';
import { unixLineEnds } from '../../common/text/cursor';
import { shownPart, shownText } from '../../host/shownText.vscode';
import type { ExplainableHit } from '../../host/explainables';
import type { Comparing } from './comparing';
import { documentOf } from './hitDocument.vscode';

/** What was asked: words, or a piece of code whose like was looked for. */
export interface ExplainedQuery {
  readonly text: string;
  readonly kind: 'words' | 'code';
}

/** A hit with its question, both as they were embedded. @throws {Error} where the file is gone */
export async function subjectOf(
  { piece, why, ...hit }: FoundChunk,
  { text: question, kind }: ExplainedQuery,
  { folder, isTable, byServer = false }: Comparing,
): Promise<ExplainableHit> {
  const { document, range, cell } = await documentOf(hit);
  const text = unixLineEnds(shownText(document));
  // The index counts through all cells of a notebook: there, the hit as a whole is explained.
  const [start, end] =
    cell === undefined
      ? [offsetIn(document, text, piece.start), offsetIn(document, text, piece.end)]
      : [document.offsetAt(range.start), document.offsetAt(range.end)];
  return {
    kind: 'hit',
    document: document.uri.toString(),
    start,
    end,
    model: folder,
    isTable,
    question: parseQuestion(typed(question.slice(0, maxQuestionLength), kind)).text,
    code: cell === undefined ? text.slice(piece.start, piece.end) : unixLineEnds(shownPart(document, range)),
    around: piece.around,
    score: piece.model === undefined || byServer ? undefined : why.dense,
  };
}

/** An offset of the index, where a line break is one character, as the document counts. @param text with `\n` alone */
function offsetIn(document: vscode.TextDocument, text: string, offset: number): number {
  if (document.eol === vscode.EndOfLine.LF) return offset;
  return offset + text.slice(0, offset).split('\n').length - 1;
}
