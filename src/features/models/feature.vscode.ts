/**
 * Registers *Choose a Model* with VS Code. Called by `extension.ts`; what the command needs is loaded with its first use.
 */
import * as vscode from 'vscode';
import { errorMessage } from '../../common/errorMessage';
import { commands } from '../../host/ids';
import { decoderFolder, encoderFolder } from '../../host/modelPaths';
import { showError } from '../../host/notice.vscode';
import type { Services } from '../../host/services';
import { TrialMemory } from '../../host/trialFigures';
import type { ModelChooser } from './chooser.vscode';

export function registerModels(services: Services): vscode.Disposable {
  let chooser: Promise<ModelChooser> | undefined;
  const opened = (): Promise<ModelChooser> =>
    (chooser ??= import('./chooser.vscode').then((module) => new module.ModelChooser(services)));
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
    vscode.commands.registerCommand(commands.chooseModel, async () => {
      try {
        await (await opened()).choose();
      } catch (error) {
        services.log.warn('No model could be chosen:', error);
        void showError(errorMessage(error));
      }
    }),
    { dispose: () => void chooser?.then((one) => one.dispose()) },
  );
}
