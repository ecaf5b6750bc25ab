/**
 * What *Diagnose* reports, as facts by theme: features give theirs, the command line its own, and one pure function makes
 * the report of them. Types only; free text in here may be private and is cleaned where the report is made.
 */
import type { ServerState } from '../servers/serverState';
import type { TrialFigures } from '../trialFigures';
import type { EngineStatus, ModelInfo } from '../../ipc/engine/protocol';

/** The machine and what runs there. */
export interface MachineFacts {
  /** `linux 6.1 x64`. */
  readonly system: string;
  /** As it calls itself. */
  readonly processor: string;
  readonly cores: number;
  readonly memoryBytes: number;
  readonly freeMemoryBytes: number;
  readonly node: string;
}

/** A model that is in use. */
export interface ModelReport {
  readonly use: 'completion' | 'search' | 'table';
  /** Whether it comes with Glassbox; what the user's own are called is theirs alone. */
  readonly comesWith: boolean;
  /** What the engine says of it; absent where it was not asked. */
  readonly info?: ModelInfo | undefined;
  /** Why the small decoder takes the place of the larger one. */
  readonly smallSince?: string | undefined;
  /** Why it does not work. */
  readonly problem?: string | undefined;
}

/** How long something took. */
export interface TimeReport {
  readonly stage: 'known' | 'copied' | 'written' | 'read' | 'decode';
  readonly count: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p95: number;
}

/** One failure or warning. */
export interface ProblemReport {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly level: 'warn' | 'error';
  readonly text: string;
}

/** All of it. What is absent was not asked for, or does not exist there. */
export interface DiagnosisFacts {
  readonly product: {
    /** Of Glassbox. */
    readonly version: string;
    /** Name and version of the editor. */
    readonly editor?: string;
    /** The editor runs elsewhere than its window: how it is reached, as `wsl`. */
    readonly remote?: string | undefined;
  };
  readonly machine: MachineFacts;
  readonly settings?: { readonly device: string; readonly threads: number; readonly unloadAfterMinutes: number };
  readonly engine?: {
    readonly state: 'stopped' | 'starting' | 'ready' | 'failed';
    readonly status?: EngineStatus | undefined;
    readonly problem?: string | undefined;
  };
  readonly models?: readonly ModelReport[];
  /** The servers that settings name. A key is none of their facts. */
  readonly servers?: readonly ServerState[];
  /** The last trials of the models in use. */
  readonly trials?: readonly { readonly use: 'completion' | 'search'; readonly figures: TrialFigures }[];
  readonly times?: readonly TimeReport[];
  readonly index?:
    | {
        readonly state: 'stopped' | 'starting' | 'ready' | 'failed';
        readonly phase: 'idle' | 'indexing' | 'paused';
        readonly files?: number;
        readonly chunks?: number;
        readonly bytes?: number;
        readonly problem?: string | undefined;
      }
    | undefined;
  /** Bytes on disk. */
  readonly storage?: readonly { readonly what: 'engine' | 'shared' | 'workspace'; readonly bytes: number }[];
  /** Resident memory of this process, bytes. */
  readonly hostBytes?: number;
  /** The newest last. */
  readonly problems?: readonly ProblemReport[];
  /** Paths and names that must not be in the report, whatever text they stand in. */
  readonly secret: readonly string[];
}

/** Part of the facts, given by a feature when it is asked. */
export type FactsSource = () => Promise<Partial<DiagnosisFacts>>;
