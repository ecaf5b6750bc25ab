import * as vscode from 'vscode';
import { commands } from '../ids';
import type { Services } from '../services';
import { isLanguageEnabled } from '../settings';
import { present, type Presentation, type StatusInput } from './presentation';

/** Work shorter than this, in milliseconds, is not shown: an item that flickers with each key helps nobody. */
const workingAfterMs = 300;

/** The extension's one status bar item. */
export class StatusItem implements vscode.Disposable {
  private readonly item = vscode.window.createStatusBarItem('glassbox.status', vscode.StatusBarAlignment.Right, 100);
  private pending: NodeJS.Timeout | undefined;

  constructor(private readonly services: Services) {
    this.item.name = 'Glassbox';
    this.item.command = commands.showMenu;
    this.refresh();
    this.item.show();
  }

  /** Shows the state of now. */
  refresh(): void {
    const presentation = present(statusInput(this.services), vscode.l10n.t);
    if (presentation.kind !== 'working') {
      clearTimeout(this.pending);
      this.pending = undefined;
      this.draw(presentation);
      return;
    }
    this.pending ??= setTimeout(() => this.draw(present(statusInput(this.services), vscode.l10n.t)), workingAfterMs);
  }

  dispose(): void {
    clearTimeout(this.pending);
    this.item.dispose();
  }

  private draw({ kind, text, summary, details }: Presentation): void {
    this.item.text = text;
    this.item.tooltip = tooltip(summary, details);
    this.item.backgroundColor = kind === 'failed' ? new vscode.ThemeColor('statusBarItem.warningBackground') : undefined;
    this.item.accessibilityInformation = { label: `Glassbox: ${[summary, ...details].join('. ')}`, role: 'button' };
  }
}

/** What the status item and its menu are made of, now. */
export function statusInput({ activity, configuration, snooze }: Services): StatusInput {
  const document = vscode.window.activeTextEditor?.document;
  const settings = configuration.read(document);
  return {
    activity: activity.state,
    completionEnabled: settings.completionEnabled,
    languageId: document?.languageId,
    languageEnabled: document === undefined || isLanguageEnabled(settings.completionLanguages, document.languageId),
    snoozedUntil: snooze.until === undefined ? undefined : new Date(snooze.until).toLocaleTimeString(vscode.env.language, { timeStyle: 'short' }),
    explanation: document === undefined ? undefined : activity.explanation(document.uri.toString()),
  };
}

function tooltip(summary: string, details: readonly string[]): vscode.MarkdownString {
  const markdown = new vscode.MarkdownString();
  // appendText escapes: model names and engine messages are text, not markup.
  markdown.appendMarkdown('**').appendText(summary).appendMarkdown('**');
  for (const detail of details) markdown.appendMarkdown('\n\n').appendText(detail);
  return markdown;
}
