import type { Activity } from './activity';
import type { Configuration } from './configuration';
import type { EngineService } from './engineService';
import type { Log } from './log';
import type { Snooze } from './snooze';

/** What the features are given. Made once by `activate`; a feature takes what it needs. */
export interface Services {
  readonly log: Log & { show(): void; dispose(): void };
  readonly configuration: Configuration;
  readonly activity: Activity;
  readonly snooze: Snooze;
  readonly engine: EngineService;
  /** Absolute path of the extension's folder. */
  readonly root: string;
}
