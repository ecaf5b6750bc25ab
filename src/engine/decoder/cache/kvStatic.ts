/**
 * Key-value cache in buffers with spare capacity, for graphs that output only new rows or write in place; created by
 * `network.ts` and by the attention reader.
 */
import type { Session, Tensors } from '../../runtime/session';
import { elementsOf } from '../elements';
import type { Elements } from '../elements';
import type { DecoderGraph } from '../graph';
import type { KeyValueCache } from './kv';

/** Rows by which buffers grow at least: attention that does not write in place copies them in every run, spare ones too. */
const growthRows = 128;
/** Buffers grow at least by this share, so that a long text does not move its cache at every step. */
const growthShare = 1.25;

/**
 * The cache of graphs that take buffers of any capacity: buffers [1, heads, capacity, headSize] that stay where they
 * are, are fed without copying and get each new row written behind the others, by the graph itself where it writes in
 * place. Giving rows up costs nothing.
 */
export class StaticCache implements KeyValueCache {
  #capacity = 0;
  #buffers: readonly Elements[] = [];
  #feeds: Tensors = {};
  #into: Tensors = {};

  /** @param contextLength rows that the cache never exceeds */
  constructor(
    private readonly session: Pick<Session, 'tensor'>,
    private readonly graph: Pick<DecoderGraph, 'slots' | 'heads' | 'headSize' | 'cacheType' | 'cacheForm'>,
    private readonly contextLength: number,
  ) {
    this.#grow(0, growthRows);
  }

  get bytes(): number {
    return this.#buffers.reduce((sum, { byteLength }) => sum + byteLength, 0);
  }

  feeds(past: number, rows: number, foreseen = 0): Tensors {
    const needed = past + rows;
    if (foreseen > Math.max(needed, this.#capacity) && this.graph.cacheForm === 'inPlace') this.#grow(past, foreseen);
    else if (needed > this.#capacity) this.#grow(past, Math.max(needed, Math.ceil(this.#capacity * growthShare)));
    return this.#feeds;
  }

  into(): Tensors {
    return this.#into;
  }

  take(outputs: Readonly<Tensors>, past: number, rows: number): void {
    const { heads, headSize, cacheForm } = this.graph;
    if (cacheForm === 'inPlace') return;
    const length = rows * headSize;
    for (const [slot, { present }] of this.graph.slots.entries()) {
      const fresh = elementsOf(outputs[present] as Tensors[string]);
      const buffer = this.#buffers[slot] as Elements;
      for (let head = 0; head < heads; head++) {
        buffer.set(fresh.subarray(head * length, (head + 1) * length), (head * this.#capacity + past) * headSize);
      }
    }
  }

  copy(rows: number): StaticCache {
    const copy = new StaticCache(this.session, this.graph, this.contextLength);
    copy.#grow(rows, Math.max(rows, growthRows), this);
    return copy;
  }

  dispose(): void {
    for (const buffer of this.#buffers) release(buffer);
    this.#buffers = [];
    this.#capacity = 0;
  }

  /** Makes room for `needed` rows, the first `kept` of which are those of `from`. */
  #grow(kept: number, needed: number, from: StaticCache = this): void {
    const { heads, headSize, cacheType } = this.graph;
    const capacity = Math.min(Math.ceil(needed / growthRows) * growthRows, Math.max(this.contextLength, needed));
    const shape = [1, heads, capacity, headSize];
    const feeds: Tensors = {};
    const into: Tensors = {};
    this.#buffers = this.graph.slots.map(({ past, present }, slot) => {
      const buffer = new (cacheType === 'float32' ? Float32Array : Uint16Array)(heads * capacity * headSize);
      const old = from.#buffers[slot];
      for (let head = 0; old && head < heads; head++) {
        const start = head * from.#capacity * headSize;
        buffer.set(old.subarray(start, start + kept * headSize), head * capacity * headSize);
      }
      if (old && from === this) release(old);
      const tensor = this.session.tensor(cacheType, buffer, shape);
      feeds[past] = tensor;
      into[present] = tensor;
      return buffer;
    });
    this.#feeds = feeds;
    this.#into = into;
    this.#capacity = capacity;
  }
}

/** Gives memory back at once: a garbage collection would come when the process has long grown by it. */
const release = ({ buffer }: Elements): void => void (buffer as ArrayBuffer).transfer(0);
