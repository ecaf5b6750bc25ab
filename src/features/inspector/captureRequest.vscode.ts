/**
 * Prepares what is to be captured from a selection, a suggestion, a summary or a search hit, with its title, source
 * and offsets. Used by the inspector and its comparisons; selected text is taken without secrets.
 */
import { basename } from 'node:path';
import * as vscode from 'vscode';
import { unixLineEnds } from '../../common/text/cursor';
import { maxCapturedText } from '../../ipc/engine/messages/attention';
import { refuseSecretFile, shownPart, shownText } from '../../host/shownText.vscode';
import type { ExplainableHit, ExplainableSuggestion, ExplainableSummary } from '../../host/explainables';
import type { CaptureRequest } from './inspection';
import type { SubjectKind } from './messages';
import { cursorAfter } from './places';
import type { SimilaritySubject } from './similarity';
import { CaptureSource } from './source';
import type { SourceDocument } from './source';

/** What is to be captured, and where it stands. */
export interface Prepared {
  readonly wanted: CaptureRequest;
  readonly source: CaptureSource | undefined;
}

/** A stretch of a document as the model reads a file of its own. @throws {Error} where it is empty */
export function stretchOf(
  document: vscode.TextDocument,
  range: vscode.Range,
  model: string,
  kind: SubjectKind,
): Prepared {
  refuseSecretFile(document);
  const text = unixLineEnds(shownPart(document, range)).slice(0, maxCapturedText);
  if (text.trim() === '') throw new Error(vscode.l10n.t('Select the code whose attention is to be shown.'));
  const source = new CaptureSource(sourceDocument(document), { start: plainOffset(document, range.start) });
  const lines =
    range.start.line === range.end.line
      ? String(range.start.line + 1)
      : `${range.start.line + 1}–${range.end.line + 1}`;
  return {
    source,
    wanted: {
      kind,
      title: `${basename(document.uri.path)}:${lines}`,
      detail: basename(model),
      model,
      subject: { kind: 'text', text, path: vscode.workspace.asRelativePath(document.uri, false) },
      logprobs: [],
      firstLines: (description) => source.locate(description),
    },
  };
}

/** A suggestion with the prompt that it was written from. */
export function suggestionOf(
  document: vscode.TextDocument,
  suggestion: ExplainableSuggestion,
  near: vscode.Position,
): Prepared {
  const plain = unixLineEnds(document.getText());
  const cursor = cursorAfter(plain, suggestion.prefix, plainOffset(document, near));
  const source = new CaptureSource(sourceDocument(document), cursor === undefined ? {} : { cursor });
  return {
    source,
    wanted: {
      ...written(suggestion),
      copied: suggestion.copied !== undefined,
      kind: 'suggestion',
      title: vscode.l10n.t('Suggestion in {0}', basename(document.uri.path)),
      firstLines: (description) => source.locate(description),
    },
  };
}

/** A summary's sentence: what it was written from is the prompt's, and in no file. */
export function summaryOf(summary: ExplainableSummary): Prepared {
  return {
    source: undefined,
    wanted: {
      ...written(summary),
      kind: 'summary',
      title: vscode.l10n.t('Summary of {0}', basename(vscode.Uri.parse(summary.document).path)),
      firstLines: ({ sequences }) => sequences.map(({ segments }) => segments.map(() => 0)),
    },
  };
}

/** Why a search found a piece of a file: how alike it and the question are. */
export async function hitOf({
  document: uri,
  model,
  isTable,
  start,
  end,
  question,
  code,
  around,
  score,
}: ExplainableHit): Promise<Prepared> {
  const document = await vscode.workspace.openTextDocument(vscode.Uri.parse(uri));
  const range = new vscode.Range(document.positionAt(start), document.positionAt(end));
  return similarityOf(document, range, model, {
    kind: 'similarity',
    question,
    code: unixLineEnds(code),
    around,
    foundBy: score,
    attends: !isTable,
  });
}

/** @param subject its code stands in the range */
export function similarityOf(
  document: vscode.TextDocument,
  range: vscode.Range,
  model: string,
  subject: SimilaritySubject,
): Prepared {
  const source = new CaptureSource(sourceDocument(document), {
    start: plainOffset(document, range.start),
    sequence: 1,
  });
  return {
    source,
    wanted: {
      kind: 'hit',
      title: vscode.l10n.t('Similarity to {0}', titleOf(document, range)),
      detail: basename(model),
      model,
      subject,
      logprobs: [],
      firstLines: (description) => source.locate(description),
    },
  };
}

/** What an encoder attends to within a piece of code that a search found, with what it was given around it. */
export function withinOf(
  { wanted }: Pick<Prepared, 'wanted'>,
  document: vscode.TextDocument,
  range: vscode.Range,
): Prepared {
  const { subject, detail, model } = wanted;
  if (subject.kind !== 'similarity') throw new Error(vscode.l10n.t('There is no search hit to look into.'));
  const source = new CaptureSource(sourceDocument(document), { start: plainOffset(document, range.start) });
  return {
    source,
    wanted: {
      kind: 'hit',
      title: titleOf(document, range),
      detail,
      model,
      logprobs: [],
      subject: { kind: 'text', text: subject.code, ...(subject.around === '' ? {} : { around: subject.around }) },
      firstLines: (description) => source.locate(description),
    },
  };
}

/** Such as `parse.ts:10–32`: of the lines that it has letters on. */
function titleOf(document: vscode.TextDocument, range: vscode.Range): string {
  const text = document.getText(range);
  const first = document.positionAt(document.offsetAt(range.start) + text.length - text.trimStart().length).line + 1;
  const last = Math.max(
    first,
    document.positionAt(document.offsetAt(range.end) - (text.length - text.trimEnd().length)).line + 1,
  );
  return `${basename(document.uri.path)}:${first === last ? first : `${first}–${last}`}`;
}

function sourceDocument(document: vscode.TextDocument): SourceDocument {
  return { uri: document.uri.toString(), text: shownText(document), languageId: document.languageId };
}

/** Offset of a position when every line end counts as one. */
export function plainOffset(document: vscode.TextDocument, position: vscode.Position): number {
  return document.offsetAt(position) - (document.eol === vscode.EndOfLine.CRLF ? position.line : 0);
}

/** Position of an offset that counts every line end as one. */
export function plainPosition(document: vscode.TextDocument, offset: number): vscode.Position {
  const before = unixLineEnds(document.getText()).slice(0, offset);
  const line = before.match(/\n/g)?.length ?? 0;
  return new vscode.Position(line, before.length - (before.lastIndexOf('\n') + 1));
}

function written({
  model,
  promptIds,
  tokens,
}: ExplainableSuggestion | ExplainableSummary): Pick<CaptureRequest, 'detail' | 'model' | 'subject' | 'logprobs'> {
  return {
    detail: basename(model),
    model,
    subject: { kind: 'prompt', promptIds, generatedIds: Int32Array.from(tokens, ({ id }) => id) },
    logprobs: tokens.map(({ logprob }) => logprob),
  };
}
