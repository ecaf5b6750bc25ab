/**
 * What the product says of the servers that its settings name: for which purpose, where, and how they fare. Types and tables
 * only; `servers.vscode.ts` tells, status item, menu and *Diagnose* show.
 */
import type { ServerKind } from '../../servers/probe';
import { settings as names } from '../ids';
import type { ServerSetting, Settings } from '../settings';

export const serverPurposes = ['completion', 'summaries', 'search'] as const;
/** What a server is used for; each has an address of its own. */
export type ServerPurpose = (typeof serverPurposes)[number];

export const serverSettings = {
  completion: names.serverCompletion,
  summaries: names.serverSummaries,
  search: names.serverSearch,
} as const satisfies Readonly<Record<ServerPurpose, string>>;

/** What the settings name, by purpose; null where the model of this machine is used. */
export const serversNamedBy = (settings: Settings): Readonly<Record<ServerPurpose, ServerSetting | null>> => ({
  completion: settings.serverCompletion,
  summaries: settings.serverSummaries,
  search: settings.serverSearch,
});

export interface ServerState {
  readonly purpose: ServerPurpose;
  /** Scheme, host and port; empty where the setting holds no address. */
  readonly origin: string;
  /** As the server names it; undefined where the server is to choose, and has not been asked yet. */
  readonly model: string | undefined;
  /** What program it is, where it was asked. */
  readonly kind?: ServerKind | undefined;
  /**
   * `used`: it is asked. `left`: the local model answers in its place for now. The others are never asked: `unconfirmed` until
   * the user says so, `restricted` while the workspace is not trusted, `invalid` where setting or key cannot be used.
   */
  readonly phase: 'used' | 'left' | 'unconfirmed' | 'restricted' | 'invalid';
  /** Why it is left or invalid: one sentence. */
  readonly problem?: string | undefined;
}
