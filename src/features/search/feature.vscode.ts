/**
 * Registers search with VS Code: the view, its commands and the language model tool. Called by `extension.ts`; starts
 * no process in a workspace that was never searched.
 */
import * as v from 'valibot';
import * as vscode from 'vscode';
import { commands, views } from '../../host/ids';
import type { DiagnosisFacts } from '../../host/diagnosis/facts';
import type { Services } from '../../host/services';
import { sampleOf } from './finder.vscode';
import { hitContext } from './messages';
import type { HitRef } from './messages';
import { registerTool } from './tool.vscode';
import { SearchView } from './view.vscode';
import { WorkspaceIndex } from './workspaceIndex.vscode';
import { showError, showInformation, showWarning } from '../../host/notice.vscode';
import { errorMessage } from '../../common/errorMessage';

/** The search view, its commands, and the tool that language models are offered. Nothing is started before it is used. */
export function registerSearch(services: Services): vscode.Disposable {
  const index = new WorkspaceIndex(services);
  const view = new SearchView(services, index);
  const command = (id: string, run: (...args: unknown[]) => unknown): vscode.Disposable =>
    vscode.commands.registerCommand(id, async (...args: unknown[]) => {
      try {
        await run(...args);
      } catch (error) {
        services.log.warn(`${id}:`, error);
        void showError(errorMessage(error));
      }
    });
  const onIndex = (id: string, run: () => Promise<unknown>): vscode.Disposable =>
    command(id, async () => {
      if (index.hasWorkspace) await run();
      else void showInformation(vscode.l10n.t('Open a folder to search in it.'));
    });
  const onHit = (id: string, run: (place: HitRef) => void): vscode.Disposable =>
    command(id, (context) => run(v.parse(hitContext, context)));
  return vscode.Disposable.from(
    index,
    new vscode.Disposable(services.diagnosis.add(async () => ({ index: await indexFacts(services, index) }))),
    new vscode.Disposable(services.caches.add(() => index.clearCaches())),
    view,
    vscode.window.registerWebviewViewProvider(views.search, view),
    registerTool(index),
    command(commands.searchByMeaning, (text) => view.show(typeof text === 'string' ? text : undefined)),
    command(commands.findSimilar, () => showSimilar(view)),
    onHit(commands.hitOpen, (place) => view.open(place, 'open')),
    onHit(commands.hitOpenBeside, (place) => view.open(place, 'beside')),
    onHit(commands.hitPeek, (place) => view.peek(place)),
    onHit(commands.hitExplain, (place) => view.explain(place)),
    onHit(commands.hitCopy, (place) => view.copy(place)),
    onHit(commands.hitCallers, (place) => view.related(place, 'callers')),
    onHit(commands.hitCallees, (place) => view.related(place, 'callees')),
    onHit(commands.hitTests, (place) => view.related(place, 'tests')),
    onIndex(commands.verifyIndex, () => verify(index)),
    onIndex(commands.rebuildIndex, async () => {
      if (index.failure !== undefined) index.restart();
      await index.request('rebuild', {});
    }),
    onIndex(commands.pauseIndexing, () => index.request('pause', {})),
    onIndex(commands.resumeIndexing, () => index.request('resume', {})),
    onIndex(commands.cancelIndexing, () => index.request('cancel', {})),
    onIndex(commands.showIndexSize, () => showSize(index)),
    onIndex(commands.clearIndex, () => index.clear()),
    command(commands.restartIndex, () => {
      if (index.hasWorkspace) index.restart();
    }),
  );
}

/** For *Diagnose*: starts nothing. */
async function indexFacts({ activity }: Services, index: WorkspaceIndex): Promise<DiagnosisFacts['index']> {
  const shown = activity.state.index;
  if (shown === undefined) return undefined;
  const { process, phase } = shown;
  const state = process.kind;
  if (state !== 'ready') return { state, phase, problem: index.failure };
  const { files, chunks, bytes } = await index.request('size', {});
  return { state, phase, files, chunks, bytes, problem: index.progress?.trouble };
}

async function showSimilar(view: SearchView): Promise<void> {
  const editor = vscode.window.activeTextEditor;
  const sample = editor === undefined ? undefined : sampleOf(editor);
  if (sample === undefined) void showInformation(vscode.l10n.t('Select the code whose like you are looking for.'));
  else await view.showSimilar(sample);
}

async function verify(index: WorkspaceIndex): Promise<void> {
  const { problems } = await index.request('verify', {});
  const [first] = problems;
  if (first === undefined) {
    void showInformation(vscode.l10n.t('The search index is in order.'));
    return;
  }
  const rebuild = vscode.l10n.t('Rebuild Index');
  const sentence =
    problems.length === 1 ? first : vscode.l10n.t('{0} And {1} more problems.', first, problems.length - 1);
  if ((await showWarning(sentence, rebuild)) === rebuild) await index.request('rebuild', {});
}

async function showSize(index: WorkspaceIndex): Promise<void> {
  const { bytes, files, chunks, cacheBytes, oldBytes } = await index.request('size', {});
  const [clear, clearCaches] = [vscode.l10n.t('Clear Index'), vscode.l10n.t('Clear Caches')];
  const megabytes = (size: number): string => (size / 1e6).toFixed(1);
  const sentence = vscode.l10n.t(
    'The search index takes {0} MB: {1} files in {2} pieces. Vectors that all workspaces share take {3} MB, indexes of folders that have left {4} MB.',
    megabytes(bytes),
    files,
    chunks,
    megabytes(cacheBytes),
    megabytes(oldBytes),
  );
  const chosen = await showInformation(sentence, clear, clearCaches);
  if (chosen === clear) await index.clear();
  else if (chosen === clearCaches) await vscode.commands.executeCommand(commands.clearCaches);
}
