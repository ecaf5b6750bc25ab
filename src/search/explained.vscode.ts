import * as vscode from 'vscode';
import { longestQuestion, type Found } from '../indexer/process/protocol';
import { parseQuestion, typed } from '../indexer/query';
import { withoutSecrets } from '../indexer/redaction';
import type { HitSubject } from '../subjects';
import { uriOf } from './finder.vscode';

/** What was asked: words, or a piece of code whose like was looked for. */
export interface Asked {
  readonly text: string;
  readonly kind: 'words' | 'code';
}

/** What compares the meanings of a question and of a hit. */
export interface Comparing {
  /** Absolute path of the model folder. */
  readonly folder: string;
  readonly isTable: boolean;
}

/** A hit with its question, both as they were embedded. @throws Error where the file is gone */
export async function subjectOf({ piece, why, ...hit }: Found, { text, kind }: Asked, { folder, isTable }: Comparing): Promise<HitSubject> {
  const document = await vscode.workspace.openTextDocument(uriOf(hit));
  return {
    kind: 'hit',
    document: document.uri.toString(),
    start: piece.start,
    end: piece.end,
    model: folder,
    isTable,
    question: parseQuestion(typed(text.slice(0, longestQuestion), kind)).text,
    code: withoutSecrets(document.getText()).slice(piece.start, piece.end),
    around: piece.around,
    score: piece.model === undefined ? undefined : why.dense,
  };
}
