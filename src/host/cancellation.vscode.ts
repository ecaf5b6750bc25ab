/** The editor's cancellation tokens as abort signals, which everything below the edges takes. */
import type * as vscode from 'vscode';

/** @returns a signal that aborts when the token is cancelled, at once where it is already; to be disposed of */
export function signalOf(token: vscode.CancellationToken): { readonly signal: AbortSignal; dispose(): void } {
  const controller = new AbortController();
  if (token.isCancellationRequested) controller.abort();
  const subscription = token.onCancellationRequested(() => controller.abort());
  return { signal: controller.signal, dispose: () => void subscription.dispose() };
}
