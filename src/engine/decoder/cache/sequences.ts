/**
 * Keeps one token sequence with its key-value cache per request priority, and lends shared prefixes between them
 * within a memory limit; used by `decoder.ts`.
 */
import { priorities } from '../../../ipc/engine/protocol';
import type { Priority } from '../../../ipc/engine/protocol';
import type { KeyValueCache } from './kv';
import { rowsToKeep } from '../plan';
import type { Run } from '../plan';

/** So many rows are worth being copied from another sequence instead of being calculated again. */
const minBorrowedRows = 16;

/** A text with the keys and values of its tokens. */
export class Sequence {
  #ids: Int32Array;
  /** The tokens whose rows the cache holds are the first `#length` of `#ids`. */
  #length = 0;
  /** So many of them serve other requests too: those that were run in pairs behind nothing else (see `planRun`). */
  #lasting = 0;
  #cache: KeyValueCache;

  /** @param name what it is used for */
  constructor(
    readonly name: Priority,
    private readonly createCache: () => KeyValueCache,
    contextLength: number,
  ) {
    this.#cache = createCache();
    this.#ids = new Int32Array(contextLength);
  }

  get cache(): KeyValueCache {
    return this.#cache;
  }

  /** How many of the text's first tokens are in the cache. */
  shared(text: Int32Array): number {
    return this.#common(text, this.#length);
  }

  /** How many of them another request may take over. */
  lasting(text: Int32Array): number {
    return this.#common(text, this.#lasting);
  }

  #common(text: Int32Array, cached: number): number {
    const most = Math.min(text.length, cached);
    let length = 0;
    while (length < most && text[length] === this.#ids[length]) length++;
    return length;
  }

  /** Gives up all but the first rows: what a run is about to write over. */
  cut(length: number): void {
    this.#length = Math.min(length, this.#length);
    this.#lasting = Math.min(length, this.#lasting);
  }

  /** The request that used it is done. */
  rest(): void {
    this.cut(this.#lasting);
  }

  /** The run of these tokens is done. */
  keep(text: Int32Array, run: Run): void {
    this.#ids.set(text.subarray(run.past, run.past + run.rows), run.past);
    this.#length = run.past + run.rows;
    if (run.past === this.#lasting) this.#lasting = Math.max(run.past, rowsToKeep(run));
  }

  /** Takes the first tokens of another sequence for its own. */
  borrow(other: Sequence, length: number): void {
    const copy = other.#cache.copy(length);
    if (!copy) return;
    this.#cache.dispose();
    this.#cache = copy;
    this.#ids = other.#ids.slice();
    this.#length = length;
    this.#lasting = length;
  }

  clear(): void {
    this.#cache.dispose();
    this.#cache = this.createCache();
    this.cut(0);
  }

  /** It is not used any more then. */
  dispose(): void {
    this.#cache.dispose();
  }
}

/**
 * The cached sequences of a model. Every request has one to itself while it runs, and one for each priority is kept
 * between requests: a completion finds what the last one left, whatever ran in between.
 *
 * Together they keep to a bound: the sequence that was not used for longest goes first, but never one for the sake of
 * less urgent work. A request whose sequence is cleared meanwhile finds it empty, which costs time and nothing else.
 */
export class Sequences {
  /** The one used last is the last. */
  readonly #all = new Set<Sequence>();
  readonly #taken = new Set<Sequence>();

  /** @param maxBytes what less urgent requests need beyond that is let go when they end */
  constructor(
    private readonly createCache: () => KeyValueCache,
    private readonly contextLength: number,
    private readonly maxBytes: number,
  ) {}

  /** A sequence to run a text in, to be given back. Its cache has as many of the text's tokens as there are in any. */
  take(name: Priority, text: Int32Array): Sequence {
    const own = this.#idle(name) ?? new Sequence(name, this.createCache, this.contextLength);
    const shared = own.shared(text);
    if (text.length - shared > minBorrowedRows) {
      const [other, length] = this.#closest(text);
      if (other && length >= shared + minBorrowedRows) own.borrow(other, length);
    }
    this.#all.delete(own);
    this.#all.add(own);
    this.#taken.add(own);
    return own;
  }

  giveBack(sequence: Sequence): void {
    const former = this.#idle(sequence.name);
    if (former) this.#drop(former);
    this.#taken.delete(sequence);
    sequence.rest();
    this.#letGo((other) => !this.#taken.has(other) && other.name !== 'completion');
  }

  /** Keeps to the bound for a sequence that grows. */
  settle(growing: Sequence): void {
    const urgency = priorities[growing.name];
    // One that is in use goes for a more urgent one alone: requests that cleared each other's would never get on.
    this.#letGo(
      (other) =>
        other !== growing &&
        (this.#taken.has(other) ? priorities[other.name] > urgency : priorities[other.name] >= urgency),
    );
  }

  #letGo(canGo: (sequence: Sequence) => boolean): void {
    let bytes = 0;
    for (const { cache } of this.#all) bytes += cache.bytes;
    for (const sequence of [...this.#all]) {
      if (bytes <= this.maxBytes || this.#all.size === 1) return;
      if (!canGo(sequence)) continue;
      bytes -= sequence.cache.bytes;
      if (this.#taken.has(sequence)) sequence.clear();
      else this.#drop(sequence);
    }
  }

  #drop(sequence: Sequence): void {
    this.#all.delete(sequence);
    sequence.dispose();
  }

  #idle(name: Priority): Sequence | undefined {
    return [...this.#all].find((sequence) => sequence.name === name && !this.#taken.has(sequence));
  }

  #closest(text: Int32Array): [Sequence | undefined, number] {
    let best: [Sequence | undefined, number] = [undefined, 0];
    for (const other of this.#all) {
      const length = other.lasting(text);
      if (length > best[1]) best = [other, length];
    }
    return best;
  }
}
