import type { Session, Tensor, Tensors } from '../runtime/session';
import { elementsOf } from './elements';
import type { DecoderGraph } from './graph';
import type { KeyValueCache } from './kv';

/**
 * The cache of graphs that output all rows, old and new, in [1, heads, rows, headSize]: what comes out is fed back.
 * Giving rows up moves the remaining ones of each head together.
 */
export class CopiedCache implements KeyValueCache {
  #rows = 0;
  #feeds: Tensors = {};

  constructor(
    private readonly session: Pick<Session, 'tensor'>,
    private readonly graph: Pick<DecoderGraph, 'slots' | 'heads' | 'headSize' | 'cacheType'>,
  ) {
    this.clear();
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

  clear(): void {
    const { heads, headSize, cacheType } = this.graph;
    const none = cacheType === 'float32' ? new Float32Array(0) : new Uint16Array(0);
    for (const { past } of this.graph.slots) this.#feeds[past] = this.session.tensor(cacheType, none, [1, heads, 0, headSize]);
    this.#rows = 0;
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
