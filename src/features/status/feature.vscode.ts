/**
 * Registers the status item, its menu, and the commands for switching completions, snoozing, restarting the engine and
 * clearing caches. Called by `extension.ts`.
 */
import * as vscode from 'vscode';
import { commands, internalCommands } from '../../host/ids';
import type { Services } from '../../host/services';
import type { ReportPage } from '../../host/pages/reportPage.vscode';
import { StatusItem, statusInput } from './item.vscode';
import { menu, snoozing } from './menu';
import type { MenuAction, MenuEntry, MenuInput } from './menu';
import { toggleCompletions, toggleLanguage } from './switches.vscode';

/** The status item, its menu, and the commands that switch, pause and restart. */
export function registerStatus(services: Services): vscode.Disposable {
  const { activity, caches, configuration, engine, log, servers, snooze } = services;
  const item = new StatusItem(services);
  const refresh = (): void => item.refresh();

  const perform = async (action: MenuAction): Promise<void> => {
    switch (action.kind) {
      case 'toggle':
        await toggleCompletions(configuration);
        break;
      case 'toggleLanguage':
        await toggleLanguage(configuration, action.languageId);
        break;
      case 'snooze':
        await snooze.start(action.minutes);
        break;
      case 'resume':
        await snooze.resume();
        break;
      case 'command':
        await vscode.commands.executeCommand(action.command, ...action.arguments);
    }
  };
  const choose = async (groups: readonly (readonly MenuEntry[])[]): Promise<void> => {
    const chosen = await vscode.window.showQuickPick(toItems(groups), { title: 'Glassbox' });
    if (chosen?.action !== undefined) await perform(chosen.action);
  };
  const indexing = (): MenuInput['indexing'] => {
    const { index } = activity.state;
    return index?.process.kind === 'failed' ? 'stopped' : (index?.phase ?? 'idle');
  };
  const learned = (): MenuInput['learned'] => {
    const document = vscode.window.activeTextEditor?.document;
    const { completionLearning, completionMinimumConfidence } = configuration.read(document);
    return document && completionLearning
      ? activity.state.learned?.(document.languageId, completionMinimumConfidence)
      : undefined;
  };
  const input = (): MenuInput => ({
    ...statusInput(services),
    unconfirmed: servers.state.filter(({ phase }) => phase === 'unconfirmed').map(({ origin }) => origin),
    snoozed: snooze.until !== undefined,
    indexing: indexing(),
    nextEdits: activity.state.nextEdit?.places ?? 0,
    learned: learned(),
  });

  let page: Promise<ReportPage> | undefined;
  const diagnosis = (): Promise<ReportPage> =>
    (page ??= import('./diagnosis/page.vscode').then((module) => module.diagnosisPage(services)));

  return vscode.Disposable.from(
    item,
    new vscode.Disposable(() => void page?.then((opened) => opened.dispose())),
    activity.onDidChange(refresh),
    snooze.onDidChange(refresh),
    configuration.onDidChange(refresh),
    vscode.window.onDidChangeActiveTextEditor(refresh),
    vscode.commands.registerCommand(commands.toggleCompletions, () => toggleCompletions(configuration)),
    // With a number of minutes (from a key binding) at once, else by asking.
    vscode.commands.registerCommand(commands.snoozeCompletions, (minutes?: unknown) =>
      typeof minutes === 'number' ? snooze.start(minutes) : choose([snoozing(input(), vscode.l10n.t)]),
    ),
    vscode.commands.registerCommand(commands.showMenu, () => choose(menu(input(), vscode.l10n.t))),
    vscode.commands.registerCommand(commands.showLog, () => log.show()),
    vscode.commands.registerCommand(commands.diagnose, async () => (await diagnosis()).show()),
    vscode.commands.registerCommand(internalCommands.confirmServers, () => servers.confirm()),
    vscode.commands.registerCommand(commands.restartEngine, () => engine.restart()),
    vscode.commands.registerCommand(commands.clearCaches, () =>
      caches.clear((error) => log.warn('A cache could not be cleared:', error)),
    ),
  );
}

type MenuItem = vscode.QuickPickItem & { readonly action?: MenuAction };

function toItems(groups: readonly (readonly MenuEntry[])[]): MenuItem[] {
  const separator: MenuItem = { label: '', kind: vscode.QuickPickItemKind.Separator };
  return groups.flatMap((entries, index) => (index === 0 ? [...entries] : [separator, ...entries]));
}
