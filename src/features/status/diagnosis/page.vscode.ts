/**
 * The page *Diagnose*: asks engine, index and features for facts when it is opened, shows the report and copies it as
 * Markdown. Loaded by the status feature when it is first opened. What it asks may start the engine and open the models.
 */
import { join } from 'node:path';
import * as vscode from 'vscode';
import { errorMessage } from '../../../common/errorMessage';
import type { DiagnosisFacts, ModelReport } from '../../../host/diagnosis/facts';
import { smallSince } from '../../../host/embeddedDecoder';
import { decoderFolder, encoderFolder } from '../../../host/modelPaths';
import { ReportPage } from '../../../host/pages/reportPage.vscode';
import type { Services } from '../../../host/services';
import { reportMarkdown } from '../../../ipc/pages/report';
import type { Report } from '../../../ipc/pages/report';
import { folderBytes, machineFacts, privateNames } from './machine';
import { diagnosisSections } from './report';

/** Milliseconds that a model is waited for; one that takes longer is reported as such. */
const loadDeadlineMs = 20_000;

export function diagnosisPage(services: Services): ReportPage {
  const report = async (): Promise<Report> => ({
    title: vscode.l10n.t('Glassbox: Diagnosis'),
    summary: vscode.l10n.t('Made on this machine and sent nowhere. It holds no paths, no names of files and no code.'),
    sections: diagnosisSections(await collectFacts(services), vscode.l10n.t),
    actions: [
      { id: 'copy', label: vscode.l10n.t('Copy as Markdown'), isMain: true },
      { id: 'refresh', label: vscode.l10n.t('Refresh') },
    ],
  });
  const act = async (id: string): Promise<string | undefined> => {
    if (id === 'refresh') {
      page.changed();
      return undefined;
    }
    const { title, sections } = await report();
    await vscode.env.clipboard.writeText(reportMarkdown({ title, sections }));
    return vscode.l10n.t('Copied');
  };
  const title = vscode.l10n.t('Glassbox: Diagnosis');
  const page: ReportPage = new ReportPage('glassbox.diagnosis', { title, report, act }, services);
  return page;
}

async function collectFacts(services: Services): Promise<DiagnosisFacts> {
  const { configuration, diagnosis, engine, log, activity, root, servers, shared, storage } = services;
  const settings = configuration.read();
  const [given, models] = await Promise.all([diagnosis.collect(), modelReports(services)]);
  const status = await engine.request('status', {}, { priority: 'index' }).catch(() => undefined);
  const packed = await folderBytes(join(shared, 'engine'));
  const { engine: state } = activity.state;
  return {
    product: {
      version: versionOf(root),
      editor: `${vscode.env.appName} ${vscode.version}`,
      remote: remoteKind(vscode.env.remoteName),
    },
    machine: machineFacts(),
    settings: {
      device: settings.engineDevice,
      threads: settings.engineThreads,
      unloadAfterMinutes: settings.engineUnloadAfterMinutes,
    },
    engine: { state: state.kind, status, problem: state.kind === 'failed' ? state.reason : activity.state.failure },
    models,
    servers: servers.state,
    storage: [
      { what: 'engine', bytes: packed },
      { what: 'shared', bytes: (await folderBytes(shared)) - packed },
      ...(storage === undefined ? [] : [{ what: 'workspace' as const, bytes: await folderBytes(storage) }]),
    ],
    hostBytes: process.memoryUsage.rss(),
    problems: log.problems.list,
    ...given,
    secret: secretsOf(services, models),
  };
}

/** Folders and open files with their names, and what the user's own models are called. */
function secretsOf({ configuration, shared, storage }: Services, models: readonly ModelReport[]): string[] {
  const { modelDecoder, modelEncoder } = configuration.read();
  const folders = vscode.workspace.workspaceFolders?.flatMap(({ uri, name }) => [uri.fsPath, name]) ?? [];
  const documents = vscode.workspace.textDocuments.map(({ uri }) => uri.path);
  const own = models.flatMap(({ comesWith, info }) => (comesWith || info === undefined ? [] : [info.name]));
  return [...privateNames([modelDecoder, modelEncoder, shared, storage, ...folders, ...documents]), ...own];
}

async function modelReports({ configuration, engine, root }: Services): Promise<ModelReport[]> {
  const { modelDecoder, modelEncoder } = configuration.read();
  const encoder = encoderFolder(modelEncoder, root);
  const wanted = [
    {
      use: 'completion' as const,
      comesWith: modelDecoder === '',
      model: decoderFolder(modelDecoder, root),
      smallSince: modelDecoder === '' ? smallSince(root) : undefined,
    },
    ...(encoder === undefined ? [] : [{ use: 'search' as const, comesWith: modelEncoder === '', model: encoder }]),
  ];
  return Promise.all(
    wanted.map(async ({ model, ...said }): Promise<ModelReport> => {
      const options = { priority: 'index', deadlineMs: loadDeadlineMs } as const;
      try {
        return { ...said, info: await engine.request('load', { model }, options) };
      } catch (error) {
        return { ...said, problem: errorMessage(error) };
      }
    }),
  );
}

/** Kinds are words; an address is nobody's business. */
const remoteKind = (name: string | undefined): string | undefined =>
  name === undefined || /^[a-z-]+$/.test(name) ? name : vscode.l10n.t('yes');

function versionOf(root: string): string {
  const own = vscode.extensions.all.find(({ extensionPath }) => extensionPath === root);
  return (own?.packageJSON as { version: string } | undefined)?.version ?? '';
}
