/**
 * Registers *Choose a Model* and *Use a Server…* with VS Code. Called by `extension.ts`; what the commands need is loaded with
 * their first use.
 */
import * as vscode from 'vscode';
import { errorMessage } from '../../common/errorMessage';
import { commands } from '../../host/ids';
import { decoderFolder, encoderFolder } from '../../host/modelPaths';
import { showError } from '../../host/notice.vscode';
import type { Services } from '../../host/services';
import { TrialMemory } from '../../host/trialFigures';
import type { ModelChooser } from './chooser.vscode';
import type { ServerChooser } from './servers/chooser.vscode';

export function registerModels(services: Services): vscode.Disposable {
  let models: Promise<ModelChooser> | undefined;
  const openModels = (): Promise<ModelChooser> =>
    (models ??= import('./chooser.vscode').then((module) => new module.ModelChooser(services)));
  let servers: Promise<ServerChooser> | undefined;
  const openServers = (): Promise<ServerChooser> =>
    (servers ??= import('./servers/chooser.vscode').then((module) => new module.ServerChooser(services)));
  const choosing = (open: () => Promise<ModelChooser | ServerChooser>) => async (): Promise<void> => {
    try {
      await (await open()).choose();
    } catch (error) {
      services.log.warn('Nothing could be chosen:', error);
      void showError(errorMessage(error));
    }
  };
  /** Trials of the models in use, where there were any. */
  const trials = services.diagnosis.add(() => {
    const { modelDecoder, modelEncoder } = services.configuration.read();
    const memory = new TrialMemory(services.globalState);
    const of = (use: 'completion' | 'search', path: string | undefined) => {
      const figures = path === undefined ? undefined : memory.get(path);
      return figures === undefined ? [] : [{ use, figures }];
    };
    const { root } = services;
    return Promise.resolve({
      trials: [
        ...of('completion', decoderFolder(modelDecoder, root)),
        ...of('search', encoderFolder(modelEncoder, root)),
      ],
    });
  });
  return vscode.Disposable.from(
    { dispose: trials },
    vscode.commands.registerCommand(commands.chooseModel, choosing(openModels)),
    vscode.commands.registerCommand(commands.useServer, choosing(openServers)),
    { dispose: () => void models?.then((one) => one.dispose()) },
    { dispose: () => void servers?.then((one) => one.dispose()) },
  );
}
