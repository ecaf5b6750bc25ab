/**
 * Registers summaries as a tool for language models in VS Code. Used by the summarize feature; refuses files outside
 * the workspace and files that usually hold secrets.
 */
import * as vscode from 'vscode';
import * as v from 'valibot';
import { tools } from '../../host/ids';
import { decoderFolder } from '../../host/modelPaths';
import { isSecretPath } from '../../common/secrets/secretFiles';
import type { Services } from '../../host/services';
import { textsAround } from '../../host/nearby/nearbyTexts.vscode';
import { describeNone, factLines, plainText } from './present';
import type { Summarizer } from './summarizer';
import { modes } from './summary';
import { signalOf } from '../../host/cancellation.vscode';

const line = v.pipe(v.number(), v.integer(), v.minValue(1));
const input = v.object({
  filePath: v.string(),
  startLine: v.optional(line),
  endLine: v.optional(line),
  mode: v.optional(v.picklist(modes)),
});

/** Offers summaries to whatever model drives VS Code's chat; nothing where this VS Code has no tools. */
export function registerTool(services: Services, summarizer: () => Promise<Summarizer>): vscode.Disposable {
  const lm = vscode.lm as Partial<typeof vscode.lm> | undefined;
  if (typeof lm?.registerTool !== 'function') return vscode.Disposable.from();
  return lm.registerTool(tools.summarize, {
    prepareInvocation: () => ({ invocationMessage: vscode.l10n.t('Summarizing code on this machine') }),
    invoke: async (options, token) => {
      const text = await summarize(services, await summarizer(), options.input, token);
      return new vscode.LanguageModelToolResult([new vscode.LanguageModelTextPart(text)]);
    },
  });
}

/** The tool's answer to the chat's model: the summary and its facts, or one sentence that says why there is none. */
async function summarize(
  { configuration, neighbours, root }: Services,
  summarizer: Summarizer,
  raw: unknown,
  token: vscode.CancellationToken,
): Promise<string> {
  const parsed = v.safeParse(input, raw);
  if (!parsed.success)
    return 'The input is not understood: it needs "filePath", and may have "startLine", "endLine" and "mode".';
  const { filePath, startLine, endLine, mode } = parsed.output;
  const document = await openInWorkspace(filePath);
  if (document === undefined) return `There is no file ${filePath} in the workspace that may be read.`;
  const whole = startLine === undefined;
  const selection = whole
    ? { start: 0, end: document.getText().length }
    : rangeOf(document, startLine, endLine ?? startLine);
  const cancelled = signalOf(token);
  try {
    const model = decoderFolder(configuration.read(document).modelDecoder, root);
    const path = vscode.workspace.asRelativePath(document.uri, false);
    const depth = mode ?? (whole ? ('outline' as const) : ('parameters' as const));
    const request = {
      text: document.getText(),
      path,
      selection,
      mode: depth,
      model,
      attempt: 0,
      around: () => textsAround(document, neighbours),
    };
    const summary = await summarizer.summarize(request, () => undefined, cancelled.signal);
    if (typeof summary === 'string') return `${describeNone(summary, vscode.l10n.t)}.`;
    const facts = summary.facts === undefined ? [] : factLines(summary.facts, vscode.l10n.t);
    return [plainText(summary), ...facts].filter((one) => one !== '').join('\n');
  } finally {
    cancelled.dispose();
  }
}

/** A file of the workspace by its path, absolute or from a workspace folder; never one that usually holds secrets. */
async function openInWorkspace(path: string): Promise<vscode.TextDocument | undefined> {
  const folders = vscode.workspace.workspaceFolders ?? [];
  const candidates = folders.flatMap(({ uri }) => [
    vscode.Uri.joinPath(uri, path),
    uri.with({ path: vscode.Uri.file(path).path }),
  ]);
  for (const uri of candidates) {
    if (isSecretPath(uri.path) || vscode.workspace.getWorkspaceFolder(uri) === undefined) continue;
    try {
      return await vscode.workspace.openTextDocument(uri);
    } catch {
      // The next candidate may be the one that is meant.
    }
  }
  return undefined;
}

function rangeOf(document: vscode.TextDocument, first: number, last: number): { start: number; end: number } {
  const range = document.validateRange(new vscode.Range(first - 1, 0, last, 0));
  return { start: document.offsetAt(range.start), end: document.offsetAt(range.end) };
}
