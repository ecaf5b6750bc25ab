/**
 * Quick pick that asks which of several suggestions to explain; used by `inspector.vscode.ts`. Asks nothing where
 * there is only one.
 */
import * as vscode from 'vscode';
import type { ExplainableSuggestion } from '../../host/explainables';
import { labelText } from '../../common/text/markup';

/** @returns the only one; of several, the one that the user chooses, or undefined where they changed their mind */
export async function chooseSuggestion(
  known: readonly ExplainableSuggestion[],
): Promise<ExplainableSuggestion | undefined> {
  if (known.length < 2) return known[0];
  const items = known.map((suggestion) => ({
    label: labelText(suggestion.text.trim().replaceAll(/\s*\n\s*/g, ' ⏎ ')),
    suggestion,
  }));
  return (
    await vscode.window.showQuickPick(items, { title: vscode.l10n.t('Which of these suggestions is to be explained?') })
  )?.suggestion;
}
