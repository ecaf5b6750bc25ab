/**
 * Draws the status bar item from the state of the services, with a delay against flicker. Created by the status
 * feature, which also takes the menu's input from here.
 */
import * as vscode from 'vscode';
import { embeddedDecoder } from '../../host/embeddedDecoder';
import { commands } from '../../host/ids';
import type { Services } from '../../host/services';
import { isLanguageEnabled } from '../../host/settings';
import { present } from './presentation';
import type { Presentation, StatusInput } from './presentation';
import { markdownText } from '../../common/text/markup';

/** Several things change with each key; they are drawn together, so many milliseconds later. */
const drawAfterMs = 50;
/** Work shorter than this, in milliseconds, is not shown, so that the item does not flicker with each key. */
const workingAfterMs = 300;

/** The extension's one status bar item. */
export class StatusItem implements vscode.Disposable {
  readonly #item = vscode.window.createStatusBarItem('glassbox.status', vscode.StatusBarAlignment.Right, 100);
  #timer: NodeJS.Timeout | undefined;
  #workingSince: number | undefined;

  constructor(private readonly services: Services) {
    this.#item.name = 'Glassbox';
    this.#item.command = commands.showMenu;
    this.#update();
    this.#item.show();
  }

  /** Shows the state of now, soon. */
  refresh(afterMs = drawAfterMs): void {
    this.#timer ??= setTimeout(() => this.#update(), afterMs);
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#item.dispose();
  }

  #update(): void {
    this.#timer = undefined;
    const presentation = present(statusInput(this.services), vscode.l10n.t);
    if (presentation.kind === 'working') {
      this.#workingSince ??= performance.now();
      const shownInMs = this.#workingSince + workingAfterMs - performance.now();
      if (shownInMs > 0) {
        this.refresh(shownInMs);
        return;
      }
    } else {
      this.#workingSince = undefined;
    }
    this.#draw(presentation);
  }

  #draw({ kind, text, summary, details }: Presentation): void {
    this.#item.text = text;
    this.#item.tooltip = tooltip(summary, details);
    this.#item.backgroundColor =
      kind === 'failed' ? new vscode.ThemeColor('statusBarItem.warningBackground') : undefined;
    this.#item.accessibilityInformation = { label: `Glassbox: ${[summary, ...details].join('. ')}`, role: 'button' };
  }
}

/** What the status item and its menu are made of, now. */
export function statusInput({ activity, configuration, snooze, root }: Services): StatusInput {
  const document = vscode.window.activeTextEditor?.document;
  const settings = configuration.read(document);
  return {
    activity: activity.state,
    completionEnabled: settings.completionEnabled,
    languageId: document?.languageId,
    languageEnabled: document === undefined || isLanguageEnabled(settings.completionLanguages, document.languageId),
    snoozedUntil: snooze.until === undefined ? undefined : timeOfDay(snooze.until),
    explanation: document === undefined ? undefined : activity.explanation(document.uri.toString()),
    goneModels: configuration.goneModels,
    smallDecoder: activity.state.model === undefined ? undefined : smallDecoder(settings.modelDecoder, root),
  };
}

/** @param setting the user's own decoder, empty where there is none */
function smallDecoder(setting: string, root: string): StatusInput['smallDecoder'] {
  if (setting !== '') return undefined;
  const { small, reason } = embeddedDecoder(root);
  return small ? { reason } : undefined;
}

/** @param moment milliseconds since the epoch. */
function timeOfDay(moment: number): string {
  return new Date(moment).toLocaleTimeString(vscode.env.language, { timeStyle: 'short' });
}

function tooltip(summary: string, details: readonly string[]): vscode.MarkdownString {
  const markdown = new vscode.MarkdownString();
  markdown.appendMarkdown([`**${markdownText(summary)}**`, ...details.map(markdownText)].join('\n\n'));
  return markdown;
}
