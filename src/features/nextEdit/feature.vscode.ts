/**
 * Registers the next edit with VS Code: its commands, the key behind Tab, and what loads the rest once an editor is used. Called by
 * `extension.ts`.
 */
import * as vscode from 'vscode';
import { commands, internalCommands, previewScheme } from '../../host/ids';
import { showInformation } from '../../host/notice.vscode';
import type { Services } from '../../host/services';
import type { NextEdits } from './nextEdits.vscode';
import type { ShownEdit } from './shownEdit';

/** Milliseconds after activation. */
const afterStartMs = 500;

/** Proposes where the user makes the same edit next. */
export function registerNextEdit(services: Services): vscode.Disposable {
  const { configuration, log } = services;
  let loaded: Promise<NextEdits> | undefined;
  let isDisposed = false;
  const nextEdits = (): Promise<NextEdits> =>
    (loaded ??= import('./nextEdits.vscode').then((module) => new module.NextEdits(services)));
  const choices = (): Promise<typeof import('./choices.vscode')> => import('./choices.vscode');

  /** An edit is learnt from only where the text before it is known: it is loaded before the first key. */
  const watch = (editor: vscode.TextEditor | undefined): void => {
    if (editor === undefined || isDisposed || loaded || configuration.read(editor.document).nextEdit === 'off') return;
    nextEdits().catch((error: unknown) => log.error('The next edit could not be started:', error));
  };
  /** Does something with what is proposed, or says that nothing is. */
  const withEdits = async (
    action: (edits: readonly [ShownEdit, ...ShownEdit[]]) => Promise<unknown>,
  ): Promise<void> => {
    const [first, ...others] = (await nextEdits()).edits;
    if (first) await action([first, ...others]);
    else void showInformation(vscode.l10n.t('No next edit is proposed now.'));
  };

  // Activation reads no file: an editor that is open already is watched a moment later.
  const soon = setTimeout(() => watch(vscode.window.activeTextEditor), afterStartMs);

  return vscode.Disposable.from(
    { dispose: () => clearTimeout(soon) },
    vscode.window.onDidChangeActiveTextEditor(watch),
    vscode.window.onDidChangeTextEditorSelection(({ textEditor }) => watch(textEditor)),
    configuration.onDidChange(() => watch(vscode.window.activeTextEditor)),
    vscode.commands.registerCommand(internalCommands.nextEditTab, async () => (await nextEdits()).tab()),
    vscode.commands.registerCommand(internalCommands.nextEditAccepted, async () => (await nextEdits()).accepted()),
    vscode.commands.registerCommand(commands.nextEditTake, () => withEdits(async () => (await nextEdits()).take())),
    vscode.commands.registerCommand(commands.nextEditDecline, async () => (await nextEdits()).decline()),
    vscode.commands.registerCommand(commands.nextEditApplyOthers, () =>
      withEdits(async (edits) => (await choices()).applyToSeveral(edits)),
    ),
    vscode.commands.registerCommand(commands.nextEditPreview, () =>
      withEdits(async ([edit]) => (await choices()).preview(edit)),
    ),
    vscode.commands.registerCommand(commands.nextEditExplain, () =>
      withEdits(async ([edit]) => (await choices()).explain(await (await nextEdits()).explained(edit))),
    ),
    vscode.workspace.registerTextDocumentContentProvider(previewScheme, {
      provideTextDocumentContent: async () => (await choices()).previewText((await nextEdits()).edits[0]),
    }),
    {
      dispose: () => {
        isDisposed = true;
        void loaded?.then((one) => one.dispose());
      },
    },
  );
}
