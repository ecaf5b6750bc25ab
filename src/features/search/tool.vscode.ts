/**
 * Registers search as a tool for language models in VS Code; waits a few seconds for an index that is still being
 * built. Used by the search feature.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import * as vscode from 'vscode';
import * as v from 'valibot';
import { tools } from '../../host/ids';
import type { Translate } from '../../common/translate';
import type { FoundChunks } from '../../ipc/indexer/protocol';
import { contextOf, find } from './finder.vscode';
import { gapsInWords } from './gaps';
import { remarkInWords } from './remarks';
import type { WorkspaceIndex } from './workspaceIndex.vscode';
import { signalOf } from '../../host/cancellation.vscode';

const input = v.object({
  query: v.pipe(v.string(), v.trim(), v.nonEmpty()),
  top: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(50)), 8),
});

/** Milliseconds that a language model waits for an index that is being made to hold anything at all. */
const patienceMs = 5_000;
const pauseMs = 200;

/** The first question ever comes before the first commit: nothing at all is asked again while something is missing. */
async function findInTime(
  index: WorkspaceIndex,
  { query, top }: v.InferOutput<typeof input>,
  signal: AbortSignal,
): Promise<FoundChunks> {
  const until = performance.now() + patienceMs;
  for (;;) {
    const answer = await find(index, query, signal, top);
    const isWhole = gapsInWords(answer.gaps, index.progress, plain) === undefined;
    if (answer.found.length > 0 || isWhole || performance.now() > until) return answer;
    await sleep(pauseMs, undefined, { signal });
  }
}

const plain: Translate = (text, ...values) => text.replace(/\{(\d+)\}/g, (_, at) => String(values[Number(at)]));

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
      const cancelled = signalOf(token);
      try {
        const { found, gaps, remarks } = await findInTime(index, parsed.output, cancelled.signal);
        const parts = await Promise.all(found.map((hit) => contextOf(hit).catch(() => '')));
        const text = parts.filter((part) => part !== '').join('\n');
        // In English: a program reads it.
        const said = remarks.map((remark) => remarkInWords(remark, plain));
        const note = [gapsInWords(gaps, index.progress, plain) ?? '', ...said].filter((part) => part !== '').join('\n');
        const answer = [text === '' ? 'Nothing was found.' : text, note].filter((part) => part !== '').join('\n');
        return new vscode.LanguageModelToolResult([new vscode.LanguageModelTextPart(answer)]);
      } finally {
        cancelled.dispose();
      }
    },
  });
}
