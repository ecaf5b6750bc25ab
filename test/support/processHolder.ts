/**
 * A host of its own for the engine or the index process, made to be killed: asks one thing when it is told to, and says
 * how long that took and which process has answered.
 */
import { EngineClient } from '../../src/ipc/engine/client';
import type { CompleteParams } from '../../src/ipc/engine/protocol';
import { IndexClient } from '../../src/ipc/indexer/client';
import type { SearchQuestion, StartOptions } from '../../src/ipc/indexer/protocol';

/** What is run and asked. A holder is a bundle that lies anywhere: it finds nothing in the repository by itself. */
export type HolderTask = {
  /** Absolute path of the program that is run. */
  readonly modulePath: string;
} & (
  | { readonly kind: 'engine'; readonly question: CompleteParams }
  | {
      readonly kind: 'index';
      readonly start: Omit<StartOptions, 'died'>;
      /** Absolute path of the folder that is searched. */
      readonly folder: string;
      readonly question: SearchQuestion;
    }
);

/** How the last question was answered. */
export interface HolderAnswer {
  readonly pid: number;
  readonly milliseconds: number;
}

function open(task: HolderTask) {
  const { modulePath } = task;
  const log = () => undefined;
  if (task.kind === 'engine') {
    const client = new EngineClient({ modulePath, threads: () => 1, log });
    return { client, ask: () => client.request('complete', task.question, { priority: 'completion' }) };
  }
  const roots = () => [{ path: task.folder, excludes: [], first: [] }];
  const client = new IndexClient({ modulePath, start: task.start, roots, log });
  return { client, ask: () => client.request('search', task.question) };
}

const { client, ask } = open(JSON.parse(process.argv[2] ?? '') as HolderTask);

process.on('message', () => {
  const started = performance.now();
  void ask().then(() => {
    if (client.state.kind !== 'ready') return;
    process.send?.({ pid: client.state.pid, milliseconds: performance.now() - started } satisfies HolderAnswer);
  });
});
