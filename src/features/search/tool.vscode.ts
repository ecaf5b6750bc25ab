import * as vscode from 'vscode';
import * as v from 'valibot';
import { tools } from '../../host/ids';
import { contextOf, find } from './finder.vscode';
import type { WorkspaceIndex } from './workspaceIndex.vscode';

const input = v.object({
  query: v.pipe(v.string(), v.trim(), v.nonEmpty()),
  top: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(50)), 8),
});

/** Offers the search to whatever language models are used in VS Code; nothing where VS Code has no such place. */
export function registerTool(index: WorkspaceIndex): vscode.Disposable {
  // Products built on VS Code leave parts of it out.
  const lm = (vscode as Partial<typeof vscode>).lm as Partial<typeof vscode.lm> | undefined;
  if (lm?.registerTool === undefined) return new vscode.Disposable(() => undefined);
  return lm.registerTool(tools.search, {
    prepareInvocation: ({ input: raw }) => {
      const parsed = v.safeParse(input, raw);
      return parsed.success ? { invocationMessage: vscode.l10n.t('Searching for “{0}”', parsed.output.query) } : {};
    },
    invoke: async ({ input: raw }, token) => {
      const parsed = v.safeParse(input, raw);
      if (!parsed.success) throw new Error('The tool takes {"query": string, "top"?: number from 1 to 50}.');
      if (!index.hasWorkspace) throw new Error('No folder is open: there is nothing to search.');
      const controller = new AbortController();
      const subscription = token.onCancellationRequested(() => controller.abort());
      try {
        const hits = await find(index, parsed.output.query, controller.signal, parsed.output.top);
        const parts = await Promise.all(hits.map((hit) => contextOf(hit).catch(() => '')));
        const text = parts.filter((part) => part !== '').join('\n');
        return new vscode.LanguageModelToolResult([
          new vscode.LanguageModelTextPart(text === '' ? 'Nothing was found.' : text),
        ]);
      } finally {
        subscription.dispose();
      }
    },
  });
}
