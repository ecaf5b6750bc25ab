/** Type of the shared services that `extension.ts` creates once and passes to every feature. Types only. */
import type { Activity } from './activity';
import type { DiagnosisSources } from './diagnosis/sources';
import type { RecentProblems } from './diagnosis/problems';
import type { ChosenModels } from './chosenModels';
import type { Caches } from './caches';
import type { NeighbourFiles } from './nearby/nearbyFiles.vscode';
import type { Configuration } from './configuration.vscode';
import type { GhostText } from './ghostText';
import type { EngineService } from './engineService';
import type { Log } from './log.vscode';
import type { Memento } from './memento';
import type { PowerWatch } from './power';
import type { Servers } from './servers/servers.vscode';
import type { Snooze } from './snooze';
import type { Explainables } from './explainables';

/** What the features are given. Made once by `activate`; a feature takes what it needs. */
export interface Services {
  readonly log: Log & { readonly problems: RecentProblems; show(): void; dispose(): void };
  readonly configuration: Configuration;
  readonly activity: Activity;
  readonly snooze: Snooze;
  readonly engine: EngineService;
  readonly servers: Servers;
  readonly power: PowerWatch;
  /** Absolute path of the folder that VS Code keeps for what belongs to this workspace; undefined where none is open. */
  readonly storage: string | undefined;
  /** Absolute path of the folder that it keeps for what all workspaces share. */
  readonly shared: string;
  /** `context.workspaceState`. */
  readonly workspaceState: Memento;
  /** `context.globalState`. */
  readonly globalState: Memento;
  readonly caches: Caches;
  readonly chosen: ChosenModels;
  /** Who gives facts to *Diagnose*. */
  readonly diagnosis: DiagnosisSources;
  readonly subjects: Explainables;
  readonly ghostText: GhostText;
  /** The files around a document, looked for once for all features. */
  readonly neighbours: NeighbourFiles;
  /** Absolute path of the extension's folder. */
  readonly root: string;
}
