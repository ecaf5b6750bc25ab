/**
 * Opens models from packed weights on disk when an intact entry exists, and reports those without one; created by
 * `serve.ts`, used by the decoder's and encoder's `open.ts`.
 */
import { basename, join } from 'node:path';
import type { GraphBytes, Session } from '../runtime/tensors';
import { remove } from './cleanup';
import { readEntry, touch } from './entry';
import { entryName, minPackedBytes, modelBytes } from './packedGraphKey';
import type { PackedSubject } from './packedGraphKey';

export interface PackedGraphsOptions {
  /** Absolute path of the folder that holds the entries. */
  readonly folder: string;
  /** See `packingEnvironment`; asked for once. */
  environment(): string;
  /** Smaller models are not worth it; see `minPackedBytes`. */
  readonly minBytes?: number;
  /** Called for a model that has no packed copy and runs in this process. */
  onMissing(subject: PackedSubject): void;
  /** Called with a sentence for the log for each copy that was given up: which one, and why. */
  log(sentence: string): void;
}

/**
 * Graphs whose weights lie on disk as ONNX Runtime's kernels want them: they are mapped from there instead of packed into
 * memory of the process, so that processes share them and the system can take the memory back. Made by `makePacked`, in a
 * process of its own. Whatever is wrong with a copy, the model runs as it does without.
 */
export class PackedGraphs {
  #environment: string | undefined;

  constructor(private readonly options: PackedGraphsOptions) {}

  /**
   * A session of the packed copy. While `open` loads it, all of its bytes are checked.
   *
   * @returns `undefined` where there is no copy that is intact
   */
  async open(subject: PackedSubject, open: (graph: GraphBytes) => Promise<Session>): Promise<Session | undefined> {
    const folder = await this.#folderOf(subject);
    const entry = folder === undefined ? undefined : await readEntry(folder, subject.graph);
    if (folder === undefined || entry === undefined) return undefined;
    if ('fault' in entry) return this.#giveUp(folder, subject, entry.fault);

    const [opened, intact] = await Promise.allSettled([open(entry.graph), entry.isIntact()]);
    if (opened.status === 'fulfilled' && intact.status === 'fulfilled' && intact.value) {
      await touch(folder);
      return opened.value;
    }
    if (opened.status === 'fulfilled') await opened.value.dispose();
    return this.#giveUp(
      folder,
      subject,
      opened.status === 'rejected' ? (opened.reason as Error).message : 'it is damaged',
    );
  }

  /** The subject runs in this process without a packed copy. */
  async want(subject: PackedSubject): Promise<void> {
    if ((await modelBytes(subject.graph)) >= (this.options.minBytes ?? minPackedBytes)) this.options.onMissing(subject);
  }

  async #folderOf(subject: PackedSubject): Promise<string | undefined> {
    try {
      this.#environment ??= this.options.environment();
      return join(this.options.folder, await entryName(this.#environment, subject));
    } catch {
      // The error is reported when the model itself is opened.
      return undefined;
    }
  }

  async #giveUp(folder: string, { graph }: PackedSubject, fault: string): Promise<undefined> {
    this.options.log(`The packed weights of ${basename(graph)} are not used: ${fault}.`);
    await remove(folder);
    return undefined;
  }
}
