/**
 * Reads the extension's settings from VS Code and tells of their changes; validation is in `settings.ts`. Created by
 * `extension.ts` and used by all features through the services.
 */
import * as vscode from 'vscode';
import type { ChosenModels } from './chosenModels';
import { settings as names } from './ids';
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

  /** @param chosen a model that was chosen in a list and has gone since counts as not set */
  constructor(private readonly chosen: Pick<ChosenModels, 'isGone' | 'label'>) {}

  read(scope?: vscode.ConfigurationScope): Settings {
    // Only the extension's own section: VS Code copies what it hands out, and all settings together are large.
    const configuration = vscode.workspace.getConfiguration(section, scope);
    const settings = readSettings((name) => configuration.get(name.slice(section.length + 1)));
    return {
      ...settings,
      modelDecoder: this.#present(settings.modelDecoder),
      modelEncoder: this.#present(settings.modelEncoder),
    };
  }

  /** What those models are called that have gone. */
  get goneModels(): string[] {
    return [names.modelDecoder, names.modelEncoder].flatMap((name) => {
      const path = vscode.workspace.getConfiguration().get(name);
      return typeof path === 'string' && this.chosen.isGone(path) ? (this.chosen.label(path) ?? []) : [];
    });
  }

  #present(model: string): string {
    return this.chosen.isGone(model) ? '' : model;
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#changed.dispose();
  }
}
