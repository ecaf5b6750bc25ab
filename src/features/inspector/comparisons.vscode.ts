/**
 * Prepares the second capture that the panel compares with the first: the code as edited since, another model, or the
 * text without a part. Used by `inspector.vscode.ts`.
 */
import { basename } from 'node:path';
import * as vscode from 'vscode';
import type { Captured, CaptureRequest } from './inspection';
import type { Comparison } from './messages';
import { unixLineEnds } from '../../common/text/cursor';
import { shownPart } from '../../host/shownText.vscode';
import { similarityOf, stretchOf } from './captureRequest.vscode';
import type { Prepared } from './captureRequest.vscode';

/**
 * What a capture is to be compared with.
 *
 * @returns undefined where the user changed their mind
 * @throws {Error} with a sentence, where there is nothing to compare with
 */
export async function compareWith(
  captured: Captured,
  prepared: Prepared,
  how: Comparison,
): Promise<Prepared | undefined> {
  switch (how.kind) {
    case 'edit':
      return asItIsNow(captured, prepared);
    case 'model':
      return byAnotherModel(captured, prepared);
    case 'without':
      return without(captured, prepared, how);
  }
}

/** The stretch of the document between the first and the last token that are still there. */
async function asItIsNow({ shown, wanted }: Captured, { source }: Prepared): Promise<Prepared> {
  const { subject } = wanted;
  if (source === undefined || subject.kind === 'prompt')
    throw new Error(vscode.l10n.t('A prompt is kept as it was: only code that was selected can be read again.'));
  const document = await vscode.workspace.openTextDocument(vscode.Uri.parse(source.document.uri));
  const offsets = shown.sequences.flatMap(({ ids }, sequence) =>
    Array.from(ids, (_, token) => source.range(sequence, token)).filter((range) => range !== undefined),
  );
  if (offsets.length === 0) throw new Error(vscode.l10n.t('The code is not there any more.'));
  const start = document.positionAt(Math.min(...offsets.map((range) => range.start)));
  const end = document.positionAt(Math.max(...offsets.map((range) => range.end)));
  const range = new vscode.Range(start, end);
  if (subject.kind === 'similarity')
    return similarityOf(document, range, wanted.model, {
      ...subject,
      code: unixLineEnds(shownPart(document, range)),
      foundBy: undefined,
    });
  const now = stretchOf(document, range, wanted.model, shown.kind);
  return { ...now, wanted: { ...now.wanted, detail: vscode.l10n.t('{0}, as it is now', wanted.detail) } };
}

async function byAnotherModel({ shown, wanted }: Captured, { source }: Prepared): Promise<Prepared | undefined> {
  const [folder] =
    (await vscode.window.showOpenDialog({
      canSelectFolders: true,
      canSelectFiles: false,
      openLabel: vscode.l10n.t('Read with this model'),
      title: vscode.l10n.t('Folder of a model'),
    })) ?? [];
  if (folder === undefined) return undefined;
  // Tokens are a model's own: another one is given the text.
  const [sequence] = shown.sequences;
  const written =
    sequence?.segments
      .filter(({ kind }) => kind === 'prefix' || kind === 'generated')
      .map(({ start, end }) => sequence.text.slice(start, end)) ?? [];
  const subject = wanted.subject.kind === 'text' ? wanted.subject : { kind: 'text' as const, text: written.join('') };
  return apart(source, { ...wanted, model: folder.fsPath, detail: basename(folder.fsPath), subject, logprobs: [] });
}

function without(
  { wanted, shown }: Captured,
  { source }: Prepared,
  { from, to }: { from: number; to: number },
): Prepared {
  const { subject } = wanted;
  const detail = vscode.l10n.t('{0}, without a part', wanted.detail);
  if (subject.kind !== 'prompt') {
    const kind = shown.sequences[0]?.segments.find((segment) => segment.from === from)?.kind;
    if (kind !== 'path' || subject.kind !== 'text')
      throw new Error(vscode.l10n.t('Only the file’s name can be left out of selected code.'));
    return apart(source, { ...wanted, detail, subject: { kind: 'text', text: subject.text } });
  }
  const promptIds = subject.promptIds.filter((_, token) => token < from || token >= to);
  return apart(source, { ...wanted, detail, subject: { ...subject, promptIds } });
}

/** Of the same document, whose heat and cursor stay those of the capture looked at. */
function apart(source: Prepared['source'], wanted: CaptureRequest): Prepared {
  return {
    source: undefined,
    wanted: {
      ...wanted,
      firstLines: source === undefined ? wanted.firstLines : (description) => source.linesOf(description),
    },
  };
}
