/**
 * Registers inline completion with VS Code: wires completer, provider, status, log and settings together. Called by
 * `extension.ts`.
 */
import * as vscode from 'vscode';
import { mayAskAhead } from '../../host/askAhead';
import type { GhostPlace } from '../../host/ghostText';
import { commands, internalCommands, settings as names } from '../../host/ids';
import { fileOf } from '../../host/notebooks.vscode';
import { decoderFolder } from '../../host/modelPaths';
import type { Services } from '../../host/services';
import { Completer } from './completer';
import { byEngine } from './completes';
import { Writers } from './writers';
import { Learning } from './learning/learning.vscode';
import type { SuggestionsPage } from './learning/page.vscode';
import type { DefinitionContext } from './context/definitions.vscode';
import { CompletionProvider } from './provider.vscode';
import { describeReason } from './reasons';
import { explainableOf } from './explainable';

/** Ghost text for every kind of document; whether a language gets any is a setting. */
export function registerCompletion(services: Services): vscode.Disposable {
  const { activity, configuration, engine, ghostText, log, neighbours, power, root, servers, snooze, subjects } =
    services;

  const writers = new Writers(byEngine(engine), root);
  const completer = new Completer(writers, {
    started: () => activity.update({ running: activity.state.running + 1 }),
    ended: () => activity.update({ running: activity.state.running - 1 }),
    served: (model, isLocal, lastRun) => {
      activity.update({ lastRun, failure: undefined });
      if (isLocal) void engine.learnFacts(model);
    },
    failed: (message, isNew) => {
      activity.update({ failure: message });
      if (isNew) log.error(message);
    },
  });

  subjects.provideSuggestions((document) => completer.suggestions.of(document).map(explainableOf));

  const learning = new Learning(services);
  let page: Promise<SuggestionsPage> | undefined;
  const suggestionsPage = (): Promise<SuggestionsPage> =>
    (page ??= import('./learning/page.vscode').then((module) => new module.SuggestionsPage(learning, services)));

  let definitions: DefinitionContext | undefined;
  const lookAround = async ({ document, selection }: vscode.TextEditor): Promise<void> => {
    if (configuration.read(document).completionContext !== 'definitions') return;
    definitions ??= new (await import('./context/definitions.vscode')).DefinitionContext();
    await definitions.look(document, selection.active);
  };

  const times = services.diagnosis.add(async () => {
    const { timesOf } = await import('./learning/figures');
    return { times: timesOf(await learning.statistics()) };
  });

  const provider = new CompletionProvider(completer, {
    settings: (document) => configuration.read(document),
    asked: () => snooze.noteAsked(),
    modelFolder: ({ modelDecoder }) => decoderFolder(modelDecoder, root),
    mayAskAhead: (settings) => mayAskAhead(settings, power),
    neighbours: (document, { completionCopying }) =>
      completionCopying ? neighbours.of(document) : Promise.resolve(undefined),
    context: (document, { completionContext: wanted }) =>
      wanted === 'definitions' ? (definitions?.of(document) ?? []) : [],
    minimumConfidence: ({ languageId }, { completionMinimumConfidence: wanted }) =>
      learning.threshold(languageId, wanted),
    isTaken: (document, position) => ghostText.hasEdit(ghostPlace(document, position)),
    stands: (document, position) => ghostText.offerCompletion(position && ghostPlace(document, position)),
    offered: (offered) => learning.offered(offered),
    explain: (document, reason) => {
      const sentence = reason === undefined ? undefined : describeReason(reason, vscode.l10n.t);
      activity.explain(document.uri.toString(), sentence);
      if (sentence !== undefined) log.trace(`Nothing suggested in ${document.uri.path}: ${sentence}`);
    },
  });

  return vscode.Disposable.from(
    whenCursorRests((editor) => {
      if (snooze.until === undefined && mayBeWritten(editor.document))
        void lookAround(editor).then(() => provider.readIn(editor.document, editor.selection.start));
    }),
    vscode.languages.registerInlineCompletionItemProvider({ pattern: '**' }, provider),
    vscode.commands.registerCommand(internalCommands.completionAccepted, (id: number) => {
      learning.accepted(id);
      const accepted = completer.suggestions.accept(id);
      if (accepted !== undefined) log.debug(`Accepted a suggestion of ${accepted.text.length} characters.`);
    }),
    vscode.commands.registerCommand(commands.showSuggestionStatistics, async () => (await suggestionsPage()).show()),
    vscode.commands.registerCommand(commands.resetLearning, () => learning.reset()),
    learning,
    { dispose: times },
    { dispose: () => void page?.then((one) => one.dispose()) },
    configuration.onDidChange((event) => {
      if (
        event.affectsConfiguration(names.completionLength) ||
        event.affectsConfiguration(names.completionCopying) ||
        event.affectsConfiguration(names.completionContext)
      )
        completer.reset();
    }),
    engine.onDidRestart(() => completer.reset()),
    servers.onDidChange(() => void writers.use(servers.get('completion')).then((isNew) => isNew && completer.reset())),
    writers,
    { dispose: () => completer.reset() },
  );
}

const ghostPlace = (document: vscode.TextDocument, { line, character }: vscode.Position): GhostPlace => ({
  document: document.uri.toString(),
  version: document.version,
  line,
  character,
});

/** Whether keys may do something in a document, as far as is known: what a version control shows is only read. */
function mayBeWritten(document: vscode.TextDocument): boolean {
  return vscode.workspace.fs.isWritableFileSystem(fileOf(document).scheme) !== false;
}

/** Milliseconds without a key or a click after which the cursor is said to rest. */
const restsAfterMs = 300;

/**
 * Calls back when the cursor has come to rest in an editor, also in one that was opened, and also with something selected:
 * the next key may replace that.
 */
function whenCursorRests(callback: (editor: vscode.TextEditor) => void): vscode.Disposable {
  let timer: NodeJS.Timeout | undefined;
  const moved = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      const editor = vscode.window.activeTextEditor;
      if (editor !== undefined) callback(editor);
    }, restsAfterMs);
  };
  return vscode.Disposable.from(
    vscode.window.onDidChangeActiveTextEditor(moved),
    vscode.window.onDidChangeTextEditorSelection(({ textEditor }) => {
      if (textEditor === vscode.window.activeTextEditor) moved();
    }),
    { dispose: () => clearTimeout(timer) },
  );
}
