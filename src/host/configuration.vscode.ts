/**
 * Reads the extension's settings from VS Code and tells of their changes; validation is in `settings.ts`. Created by
 * `extension.ts` and used by all features through the services.
 */
import * as vscode from 'vscode';
import { readSettings } from './settings';
import type { Settings } from './settings';

const section = 'glassbox';

/** The user's settings, read afresh each time (VS Code keeps them in memory), for one document or in general. */
export class Configuration implements vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<vscode.ConfigurationChangeEvent>();
  readonly #subscription = vscode.workspace.onDidChangeConfiguration((event) => {
    if (event.affectsConfiguration(section)) this.#changed.fire(event);
  });

  /** Fires when any setting of the extension changed. */
  readonly onDidChange = this.#changed.event;

  read(scope?: vscode.ConfigurationScope): Settings {
    // Only the extension's own section: VS Code copies what it hands out, and all settings together are large.
    const configuration = vscode.workspace.getConfiguration(section, scope);
    return readSettings((name) => configuration.get(name.slice(section.length + 1)));
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#changed.dispose();
  }
}
