/**
 * Entry point of the extension: builds the shared services and registers each feature. Activation starts no process,
 * opens no model and reads no file; a failing feature does not stop the others.
 */
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import * as vscode from 'vscode';
import { Activity } from './host/activity';
import { NeighbourFiles } from './host/nearby/nearbyFiles.vscode';
import { registerCompletion } from './features/completion/feature.vscode';
import { DiagnosisSources } from './host/diagnosis/sources';
import { Caches } from './host/caches';
import { ChosenModels } from './host/chosenModels';
import { Configuration } from './host/configuration.vscode';
import { EngineService } from './host/engineService';
import { GhostText } from './host/ghostText';
import { settings } from './host/ids';
import { registerInspector } from './features/inspector/feature.vscode';
import { registerNextEdit } from './features/nextEdit/feature.vscode';
import { registerModels } from './features/models/feature.vscode';
import { createLog } from './host/log.vscode';
import { registerSearch } from './features/search/feature.vscode';
import { Servers } from './host/servers/servers.vscode';
import type { ServersContext } from './host/servers/servers.vscode';
import type { Services } from './host/services';
import { PowerWatch } from './host/power';
import { Snooze } from './host/snooze';
import { registerStatus } from './features/status/feature.vscode';
import { Explainables } from './host/explainables';
import { registerSummarize } from './features/summarize/feature.vscode';

/** What other extensions and tests get from activating this one. */
export interface Api {
  /** Milliseconds that {@link activate} took. */
  readonly activationMs: number;
  /** What the engine does, and why nothing was suggested in a document. */
  readonly activity: Pick<Activity, 'state' | 'explanation' | 'onDidChange'>;
  /** Absolute path of the folder with what it keeps for all workspaces. */
  readonly shared: string;
}

/** In this order; each by itself. */
const features: readonly { readonly name: string; readonly register: (services: Services) => vscode.Disposable }[] = [
  { name: 'status', register: registerStatus },
  { name: 'models', register: registerModels },
  { name: 'completion', register: registerCompletion },
  { name: 'nextEdit', register: registerNextEdit },
  { name: 'search', register: registerSearch },
  { name: 'inspector', register: registerInspector },
  { name: 'summarize', register: registerSummarize },
];

/** What is used of what VS Code gives. */
type Context = Pick<
  vscode.ExtensionContext,
  'extensionPath' | 'subscriptions' | 'storageUri' | 'globalStorageUri' | 'workspaceState' | 'globalState'
> & { readonly secrets: ServersContext['secrets'] };

let running: vscode.Disposable | undefined;

/** Builds what the features share and registers them. Starts no process, opens no model, reads no file. */
export function activate(context: Context): Api {
  const start = performance.now();
  const services = createServices(context);
  const { log, configuration, snooze, engine, power } = services;
  running = vscode.Disposable.from(
    ...registerFeatures(services),
    restartOnChange(services),
    services.servers,
    configuration,
    snooze,
    power,
    engine,
  );
  // The log is disposed of last, so that what goes wrong while the rest ends is still logged.
  context.subscriptions.push(running, log);
  const activationMs = performance.now() - start;
  log.info(`Activated in ${activationMs.toFixed(1)} ms.`);
  return { activationMs, activity: services.activity, shared: services.shared };
}

/** Ends the engine's process with everything else. */
export function deactivate(): void {
  running?.dispose();
  running = undefined;
}

/** A feature that fails is logged and left out; the others do not notice. */
function registerFeatures(services: Services): vscode.Disposable[] {
  return features.flatMap(({ name, register }) => {
    try {
      return [register(services)];
    } catch (error) {
      services.log.error(`The feature "${name}" could not be started:`, error);
      return [];
    }
  });
}

/** Threads are chosen when the process starts, and a model no longer wanted leaves memory with it. */
function restartOnChange({ configuration, engine }: Services): vscode.Disposable {
  return configuration.onDidChange((event) => {
    const concerned = [
      settings.modelDecoder,
      settings.modelEncoder,
      settings.engineThreads,
      settings.engineDevice,
      settings.engineUnloadAfterMinutes,
    ].some((name) => event.affectsConfiguration(name));
    if (concerned) engine.restart();
  });
}

function createServices({
  extensionPath: root,
  storageUri,
  globalStorageUri,
  workspaceState,
  globalState,
  secrets,
}: Context): Services {
  const log = createLog();
  const chosen = new ChosenModels(globalState);
  const configuration = new Configuration(chosen);
  const activity = new Activity();
  const snooze = new Snooze({
    begin: (minutes) => vscode.commands.executeCommand('editor.action.inlineSuggest.snooze', minutes),
    end: () => vscode.commands.executeCommand('editor.action.inlineSuggest.cancelSnooze'),
  });
  const engine = new EngineService({
    modulePath: join(root, 'dist', 'engine.js'),
    threads: () => configuration.read().engineThreads,
    device: () => configuration.read().engineDevice,
    unloadAfterMinutes: () => configuration.read().engineUnloadAfterMinutes,
    cache: join(globalStorageUri.fsPath, 'engine'),
    log: (level, message) => log[level](message),
    activity,
  });
  const caches = new Caches();
  caches.add(() => engine.clearCaches());
  return {
    log,
    configuration,
    activity,
    snooze,
    engine,
    servers: new Servers({ activity, configuration, globalState, log, secrets }),
    power: new PowerWatch(),
    caches,
    chosen,
    diagnosis: new DiagnosisSources(),
    subjects: new Explainables(),
    ghostText: new GhostText(),
    neighbours: new NeighbourFiles(),
    storage: storageUri?.fsPath,
    shared: globalStorageUri.fsPath,
    workspaceState,
    globalState,
    root,
  };
}
