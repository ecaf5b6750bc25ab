/**
 * Writes the settings that switch completions on or off, in general or for a language, in the workspace where that
 * already sets them. Used by the status feature.
 */
import * as vscode from 'vscode';
import type { Configuration } from '../../host/configuration.vscode';
import { settings as names } from '../../host/ids';
import { isLanguageEnabled } from '../../host/settings';

/** Switches all completions on or off: in the workspace's settings where these set it, else in the user's. */
export async function toggleCompletions(configuration: Configuration): Promise<void> {
  const enabled = !configuration.read().completionEnabled;
  await write(names.completionEnabled, () => enabled);
}

/** Switches completions on or off for one language and leaves the settings of all others as they are. */
export async function toggleLanguage(configuration: Configuration, languageId: string): Promise<void> {
  const { completionLanguages } = configuration.read();
  const enabled = !isLanguageEnabled(completionLanguages, languageId);
  await write(names.completionLanguages, (own) => ({ ...(isRecord(own) ? own : {}), [languageId]: enabled }));
}

/** @param change from what the settings file says now, undefined where it says nothing, to what it shall say. */
async function write(name: string, change: (own: unknown) => unknown): Promise<void> {
  const configuration = vscode.workspace.getConfiguration();
  const { workspaceValue, globalValue } = configuration.inspect(name) ?? {};
  if (workspaceValue === undefined)
    await configuration.update(name, change(globalValue), vscode.ConfigurationTarget.Global);
  else await configuration.update(name, change(workspaceValue), vscode.ConfigurationTarget.Workspace);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
