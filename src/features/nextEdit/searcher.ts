/**
 * Has a thread of the extension host search for the next edit: started with the first search, ended when it is idle, or when it
 * takes too long. Used by `nextEdits.vscode.ts`.
 */
import { Worker } from 'node:worker_threads';
import type { EditSearch, FoundEdits } from '../../nearby/edits/search';
import { WorkPacker } from './packedWork';
import type { PackedWork } from './packedWork';

export interface ThreadQuestion {
  readonly id: number;
  readonly search: Omit<EditSearch, 'work'> & { readonly work: PackedWork };
}

export type ThreadAnswer =
  { readonly id: number; readonly found: FoundEdits } | { readonly id: number; readonly failure: string };

interface SearcherOptions {
  /** Absolute path of the bundle of `thread.ts`. */
  readonly modulePath: string;
  /** Is told, in one sentence, why a search failed. */
  readonly failed: (sentence: string) => void;
  /** Milliseconds that a search may take; an answer that comes later is of no use. */
  readonly deadlineMs?: number;
  /** Milliseconds without a search after which the thread ends. */
  readonly idleMs?: number;
}

/** MiB: texts of some fifty files and their tokens. */
const resourceLimits = { maxOldGenerationSizeMb: 192, maxYoungGenerationSizeMb: 16, stackSizeMb: 4 };

export class EditSearcher {
  #worker: Worker | undefined;
  /** Knows what the thread has been sent. */
  #packer = new WorkPacker();
  #idle: NodeJS.Timeout | undefined;
  #last = 0;
  #answered: ((answer: ThreadAnswer | undefined) => void) | undefined;

  constructor(private readonly options: SearcherOptions) {}

  /** @returns `undefined` where another search began, or this one failed */
  async search(search: EditSearch): Promise<FoundEdits | undefined> {
    const { deadlineMs = 3_000, idleMs = 60_000, failed } = this.options;
    clearTimeout(this.#idle);
    this.#answered?.(undefined);
    const id = ++this.#last;
    const worker = (this.#worker ??= this.#start());
    let deadline: NodeJS.Timeout | undefined;
    const answer = await new Promise<ThreadAnswer | undefined>((resolve) => {
      this.#answered = resolve;
      deadline = setTimeout(() => {
        failed(`The search for the next edit took longer than ${deadlineMs} ms.`);
        this.#end();
      }, deadlineMs);
      const work = this.#packer.pack(search.work);
      worker.postMessage({ id, search: { ...search, work } } satisfies ThreadQuestion);
    });
    clearTimeout(deadline);
    if (id === this.#last) {
      this.#answered = undefined;
      this.#idle = setTimeout(() => this.#end(), idleMs);
      this.#idle.unref();
    }
    if (answer === undefined) return undefined;
    if ('found' in answer) return answer.found;
    failed(`The search for the next edit failed: ${answer.failure}`);
    return undefined;
  }

  dispose(): void {
    clearTimeout(this.#idle);
    this.#end();
  }

  #start(): Worker {
    this.#packer = new WorkPacker();
    const worker = new Worker(this.options.modulePath, { resourceLimits });
    // Nothing waits for it at the end.
    worker.unref();
    worker.on('message', (answer: ThreadAnswer) => {
      if (answer.id === this.#last) this.#answered?.(answer);
    });
    worker.on('error', (error) => {
      this.options.failed(`The search for the next edit ended: ${error.message}`);
      if (worker === this.#worker) this.#end();
    });
    return worker;
  }

  #end(): void {
    void this.#worker?.terminate();
    this.#worker = undefined;
    this.#answered?.(undefined);
  }
}
