import * as vscode from 'vscode';
import { readSettings, type Settings } from './settings';

/** The user's settings, read afresh each time (VS Code keeps them in memory), for one document or in general. */
export class Configuration implements vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<vscode.ConfigurationChangeEvent>();
  private readonly subscription = vscode.workspace.onDidChangeConfiguration((event) => {
    if (event.affectsConfiguration('glassbox')) this.changed.fire(event);
  });

  /** Fires when any setting of the extension changed. */
  readonly onDidChange = this.changed.event;

  read(scope?: vscode.ConfigurationScope): Settings {
    const configuration = vscode.workspace.getConfiguration(undefined, scope);
    return readSettings((name) => configuration.get(name));
  }

  dispose(): void {
    this.subscription.dispose();
    this.changed.dispose();
  }
}
