/**
 * Registers summaries with VS Code: commands, code action, language model tool and chat provider. Called by
 * `extension.ts`; summarizer and grammars are loaded with the first summary.
 */
import * as vscode from 'vscode';
import { commands, internalCommands } from '../../host/ids';
import type { UserServer } from '../../host/servers/userServer';
import type { Services } from '../../host/services';
import { registerChatProvider } from './chatProvider.vscode';
import { Summaries } from './summaries.vscode';
import type { Summarizer } from './summarizer';
import { modes } from './summary';
import type { Mode, Summary } from './summary';
import type { SummaryThread } from './thread.vscode';
import { registerTool } from './tool.vscode';
import { showInformation } from '../../host/notice.vscode';
import { grammarFolder } from '../../host/resources';

/** Not one of VS Code's own kinds: nothing is changed, and nothing that applies all actions of a kind shall run it. */
const actionKind = vscode.CodeActionKind.Empty.append('glassbox').append('summarize');

/** Summaries of selections: commands, code action, and the same for other extensions. */
export function registerSummarize(services: Services): vscode.Disposable {
  const { engine, root } = services;
  let made: Promise<Summarizer> | undefined;
  // Grammars and all that goes with them are loaded by the first summary.
  const summarizer = (): Promise<Summarizer> => (made ??= createSummarizer(services, grammarFolder(root)));
  const summaries = new Summaries(services, summarizer);

  const onThread = (command: string, act: (thread: SummaryThread) => unknown): vscode.Disposable =>
    vscode.commands.registerCommand(command, (commentThread?: unknown) => {
      const thread = summaries.find(commentThread);
      return thread === undefined ? undefined : act(thread);
    });

  /** Links in summaries name the summary first. */
  const onLink = (
    command: string,
    act: (thread: SummaryThread, first: number, second: number) => unknown,
  ): vscode.Disposable =>
    vscode.commands.registerCommand(command, (id: unknown, first: unknown, second: unknown = 0) => {
      const thread = summaries.byId(id);
      return thread === undefined || !Number.isInteger(first) || !Number.isInteger(second)
        ? undefined
        : act(thread, first as number, second as number);
    });

  return vscode.Disposable.from(
    summaries,
    vscode.commands.registerCommand(commands.summarizeSelection, (uri?: unknown, range?: unknown) =>
      summarizeSelection(summaries, uri, range),
    ),
    onThread(commands.summaryStop, (thread) => thread.stop()),
    onThread(commands.summaryCopy, (thread) => summaries.copy(thread)),
    onThread(commands.summaryRegenerate, (thread) => summaries.again(thread, { another: true })),
    // With a mode (from a key binding) at once, else by asking.
    vscode.commands.registerCommand(commands.summaryMode, async (commentThread?: unknown, given?: unknown) => {
      const thread = summaries.find(commentThread);
      const mode = modes.find((one) => one === given) ?? (await chooseMode(thread?.summary?.mode));
      return thread === undefined || mode === undefined ? undefined : summaries.again(thread, { mode });
    }),
    onThread(commands.summaryInsert, (thread) => summaries.insert(thread, false)),
    onThread(commands.summaryReplace, (thread) => summaries.insert(thread, true)),
    onThread(commands.summaryLines, (thread) => summaries.grounds.toggle(thread, { part: -1, sentence: -1 })),
    onThread(commands.summaryClose, (thread) => summaries.close(thread)),
    onLink(internalCommands.summarySentence, (thread, part, sentence) =>
      summaries.grounds.toggle(thread, { part, sentence }),
    ),
    onLink(internalCommands.summaryReveal, (thread, line) => thread.reveal(line)),
    onLink(internalCommands.summaryInside, (thread, part) => summaries.grounds.lookInside(thread, part)),
    vscode.workspace.onDidChangeTextDocument((event) => summaries.changed(event)),
    vscode.workspace.onDidCloseTextDocument((document) => summaries.closed(document)),
    vscode.window.tabGroups.onDidChangeTabs(({ closed }) => closed.forEach((tab) => summaries.tabClosed(tab))),
    vscode.languages.registerCodeActionsProvider(
      { pattern: '**' },
      { provideCodeActions },
      { providedCodeActionKinds: [actionKind] },
    ),
    engine.onDidRestart(() => void made?.then((one) => one.reset())),
    registerTool(services, summarizer),
    registerChatProvider(services),
  );
}

async function createSummarizer({ engine, servers }: Services, grammarFolder: string): Promise<Summarizer> {
  const [{ Summarizer }, { Grammars }] = await Promise.all([import('./summarizer'), import('../../syntax/grammars')]);
  const summarizer = new Summarizer(engine, new Grammars(grammarFolder));
  let used: UserServer | undefined;
  const use = async (): Promise<void> => {
    const server = servers.get('summaries');
    if (server === used) return;
    used = server;
    if (server === undefined) {
      summarizer.use((local) => local);
      return;
    }
    const { SummariesByServer } = await import('./byServer');
    // Another one may have been named meanwhile.
    if (used === server) summarizer.use((local) => new SummariesByServer(server, local));
  };
  servers.onDidChange(() => void use());
  await use();
  return summarizer;
}

/** Of the given document and range, as a code action gives them; else of what is selected in the active editor. */
async function summarizeSelection(summaries: Summaries, uri: unknown, range: unknown): Promise<Summary | undefined> {
  const editor = vscode.window.activeTextEditor;
  if (uri instanceof vscode.Uri && range instanceof vscode.Range) {
    return summaries.summarize(await vscode.workspace.openTextDocument(uri), range);
  }
  if (editor !== undefined) return summaries.summarize(editor.document, editor.selection);
  void showInformation(vscode.l10n.t('Open a file and select some code to summarize.'));
  return undefined;
}

/** For a selection always; for the cursor alone on request only, as a light bulb on every line would be noise. */
function provideCodeActions(
  document: vscode.TextDocument,
  range: vscode.Range,
  context: vscode.CodeActionContext,
): vscode.CodeAction[] {
  const wanted =
    context.only?.contains(actionKind) === true ||
    context.triggerKind === vscode.CodeActionTriggerKind.Invoke ||
    !range.isEmpty;
  if (!wanted || (context.only !== undefined && !context.only.contains(actionKind))) return [];
  const title = range.isEmpty ? vscode.l10n.t('Summarize this symbol') : vscode.l10n.t('Summarize the selection');
  const action = new vscode.CodeAction(title, actionKind);
  action.command = { command: commands.summarizeSelection, title, arguments: [document.uri, range] };
  return [action];
}

async function chooseMode(current: Mode | undefined): Promise<Mode | undefined> {
  const { t } = vscode.l10n;
  const names: Readonly<Record<Mode, string>> = {
    sentence: t('One sentence'),
    paragraph: t('A few sentences'),
    parameters: t('One sentence, parameters and result'),
    outline: t('Part by part'),
  };
  const items = modes.map((mode) => ({
    mode,
    label: names[mode],
    ...(mode === current ? { description: t('now') } : {}),
  }));
  return (await vscode.window.showQuickPick(items, { title: t('How much is to be told?') }))?.mode;
}
