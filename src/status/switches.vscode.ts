import * as vscode from 'vscode';
import type { Configuration } from '../configuration';
import { settings as names } from '../ids';
import { isLanguageEnabled } from '../settings';

/** Switches all completions on or off, where the user has said so last: in the workspace if it has a say, else for all. */
export async function toggleCompletions(configuration: Configuration): Promise<void> {
  await write(names.completionEnabled, !configuration.read().completionEnabled);
}

/** Switches completions on or off for one language and leaves all others as they are. */
export async function toggleLanguage(configuration: Configuration, languageId: string): Promise<void> {
  const { completionLanguages } = configuration.read();
  await write(names.completionLanguages, {
    ...completionLanguages,
    [languageId]: !isLanguageEnabled(completionLanguages, languageId),
  });
}

async function write(name: string, value: unknown): Promise<void> {
  const configuration = vscode.workspace.getConfiguration();
  const inWorkspace = configuration.inspect(name)?.workspaceValue !== undefined;
  const target = inWorkspace ? vscode.ConfigurationTarget.Workspace : vscode.ConfigurationTarget.Global;
  await configuration.update(name, value, target);
}
