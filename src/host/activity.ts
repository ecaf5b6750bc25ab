/**
 * Shared observable state of engine, index and running requests, written by the features and the engine service and
 * shown by the status item. No VS Code in it.
 */
import { BoundedMap } from '../common/boundedMap';
import type { EngineState } from '../ipc/engine/client';
import type { ProcessState } from '../ipc/process/supervisor';
import type { Timings } from '../ipc/engine/protocol';
import type { ServerState } from './servers/serverState';
import { Listeners } from '../common/listeners';

/** What is known of the model in use. */
export interface ModelFacts {
  readonly name: string;
  /** Resident memory of the engine process, bytes; absent until it was asked. */
  readonly residentBytes?: number;
  /** What runs models beside the processor, by name. */
  readonly accelerators?: readonly string[];
  /** Why an accelerator does not, or no longer: one sentence. */
  readonly acceleratorFailure?: string | undefined;
}

/** The last suggestion's cost: the engine's timings and the whole way from key press to answer. */
export interface LastRun {
  readonly timings: Timings;
  readonly totalMs: number;
}

/** What the search index is doing. */
export interface IndexActivity {
  readonly process: ProcessState;
  readonly phase: 'idle' | 'indexing' | 'paused';
  /** 0…1, of the files that there are; undefined while that is unknown or nothing is being indexed. */
  readonly share: number | undefined;
  /** For people; empty where there is nothing to say. */
  readonly sentence: string;
}

/** How sure a suggestion has to be in a language, 0…1: by the setting, and as what became of earlier ones moved it. */
export interface LearnedConfidence {
  readonly wanted: number;
  readonly learned: number;
  /** Suggestions that this stands on. */
  readonly judged: number;
}

/** An edit that is proposed, and at how many places it could be made. */
export interface ProposedNext {
  /** For people: where it is. */
  readonly sentence: string;
  readonly places: number;
}

/** What the features tell the status item, and all it knows of them. */
export interface ActivityState {
  readonly engine: EngineState;
  /** Suggestions being computed right now. */
  readonly running: number;
  /** Summaries being written right now. */
  readonly summaries: number;
  /** Why completions cannot work at present, one sentence. */
  readonly failure: string | undefined;
  readonly model: ModelFacts | undefined;
  readonly lastRun: LastRun | undefined;
  /** The servers that the settings name. */
  readonly servers: readonly ServerState[];
  /** Given what the setting wants in a language; undefined where nothing was learned. */
  readonly learned: ((languageId: string, wanted: number) => LearnedConfidence | undefined) | undefined;
  /** The edit that is proposed next; undefined where none is. */
  readonly nextEdit: ProposedNext | undefined;
  /** Undefined until something was searched. */
  readonly index: IndexActivity | undefined;
}

/** One observable value, which the features set and the status item shows. */
export class Activity {
  #current: ActivityState = {
    engine: { kind: 'stopped' },
    running: 0,
    summaries: 0,
    failure: undefined,
    model: undefined,
    lastRun: undefined,
    servers: [],
    learned: undefined,
    nextEdit: undefined,
    index: undefined,
  };
  readonly #explanations = new BoundedMap<string, string>(50);
  readonly #listeners = new Listeners();
  readonly onDidChange = this.#listeners.add;

  get state(): ActivityState {
    return this.#current;
  }

  update(change: Partial<ActivityState>): void {
    this.#current = { ...this.#current, ...change };
    this.#listeners.notify();
  }

  /** Why no suggestion appeared in a document the last time one might have; undefined where one did. */
  explanation(document: string): string | undefined {
    return this.#explanations.get(document);
  }

  explain(document: string, sentence: string | undefined): void {
    if (this.#explanations.get(document) === sentence) return;
    if (sentence === undefined) this.#explanations.delete(document);
    else this.#explanations.set(document, sentence);
    this.#listeners.notify();
  }
}
