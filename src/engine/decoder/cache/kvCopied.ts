/**
 * Key-value cache for graphs that output all rows, which are fed back as the next input; created by `network.ts` and
 * by the attention reader.
 */
import type { Session, Tensor, Tensors } from '../../runtime/session';
import { elementsOf } from '../elements';
import type { DecoderGraph } from '../graph';
import type { KeyValueCache } from './kv';

/**
 * The cache of graphs that output all rows, old and new, in [1, heads, rows, headSize]: what comes out is fed back.
 * Giving rows up moves the remaining ones of each head together.
 */
export class CopiedCache implements KeyValueCache {
  #rows = 0;
  readonly #feeds: Tensors = {};

  constructor(
    private readonly session: Pick<Session, 'tensor'>,
    private readonly graph: Pick<DecoderGraph, 'slots' | 'heads' | 'headSize' | 'cacheType'>,
  ) {
    const { heads, headSize, cacheType } = graph;
    const none = cacheType === 'float32' ? new Float32Array(0) : new Uint16Array(0);
    for (const { past } of graph.slots) this.#feeds[past] = session.tensor(cacheType, none, [1, heads, 0, headSize]);
  }

  get bytes(): number {
    return Object.values(this.#feeds).reduce((sum, tensor) => sum + elementsOf(tensor).byteLength, 0);
  }

  feeds(past: number): Tensors {
    if (past < this.#rows) {
      for (const { past: name } of this.graph.slots) this.#feeds[name] = this.#cut(this.#feeds[name] as Tensor, past);
      this.#rows = past;
    }
    return this.#feeds;
  }

  into(): Tensors {
    return {};
  }

  take(outputs: Readonly<Tensors>, past: number, rows: number): void {
    for (const slot of this.graph.slots) {
      const present = outputs[slot.present] as Tensor;
      this.#feeds[slot.past] = this.session.tensor(this.graph.cacheType, elementsOf(present), present.dims);
    }
    this.#rows = past + rows;
  }

  copy(rows: number): CopiedCache {
    const { heads, headSize, cacheType } = this.graph;
    const copy = new CopiedCache(this.session, this.graph);
    for (const { past } of this.graph.slots) {
      const values = elementsOf(this.#feeds[past] as Tensor);
      const kept = values.slice(0, heads * rows * headSize);
      const rowsOf = (head: number) =>
        values.subarray(head * this.#rows * headSize, (head * this.#rows + rows) * headSize);
      for (let head = 1; head < heads; head++) kept.set(rowsOf(head), head * rows * headSize);
      copy.#feeds[past] = this.session.tensor(cacheType, kept, [1, heads, rows, headSize]);
    }
    copy.#rows = rows;
    return copy;
  }

  dispose(): void {
    // Collected as garbage.
  }

  /** The first `rows` rows of each head, moved together within the tensor's own memory. */
  #cut(tensor: Tensor, rows: number): Tensor {
    const { heads, headSize, cacheType } = this.graph;
    const values = elementsOf(tensor);
    for (let head = 1; head < heads; head++) {
      const from = head * this.#rows * headSize;
      values.copyWithin(head * rows * headSize, from, from + rows * headSize);
    }
    return this.session.tensor(cacheType, values.subarray(0, heads * rows * headSize), [1, heads, rows, headSize]);
  }
}
