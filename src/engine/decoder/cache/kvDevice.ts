/**
 * Key-value cache that stays in an accelerator's memory and is written there by the graph; created by `network.ts`. It
 * cannot be copied to another sequence.
 */
import type { DeviceMemory, Tensor, Tensors } from '../../runtime/session';
import type { DecoderGraph } from '../graph';
import type { KeyValueCache } from './kv';

/** Attention on accelerators reads the valid rows alone: spare ones cost only memory. */
const defaultRows = 512;

/**
 * The cache of graphs that run on an accelerator with memory of its own: it stays there, attention writes into it, and
 * giving rows up costs nothing.
 */
export class DeviceCache implements KeyValueCache {
  #capacity: number;
  #feeds: Record<string, Tensor> = {};
  #into: Record<string, Tensor> = {};

  /**
   * @param contextLength rows that the cache never exceeds
   * @param firstRows rows that there is room for at first
   */
  constructor(
    private readonly memory: DeviceMemory,
    private readonly graph: Pick<DecoderGraph, 'slots' | 'heads' | 'headSize' | 'cacheType'>,
    private readonly contextLength: number,
    firstRows = defaultRows,
  ) {
    this.#capacity = Math.min(firstRows, contextLength);
    const { heads, headSize, cacheType } = graph;
    this.#use(() => memory.allocate(cacheType, [1, heads, this.#capacity, headSize]));
  }

  get bytes(): number {
    const { slots, heads, headSize, cacheType } = this.graph;
    return slots.length * heads * this.#capacity * headSize * (cacheType === 'float16' ? 2 : 4);
  }

  feeds(past: number, rows: number, foreseen = 0): Tensors {
    const needed = Math.max(past + rows, foreseen);
    if (needed > this.#capacity) {
      this.#capacity = Math.max(needed, Math.min(2 * this.#capacity, this.contextLength));
      this.#use((old) => this.memory.lengthen(old, this.#capacity));
    }
    return this.#feeds;
  }

  into(): Tensors {
    return this.#into;
  }

  take(): void {
    // The run has written its rows where they belong.
  }

  /** To be calculated again is faster there than a way through the processor. */
  copy(): undefined {
    return undefined;
  }

  dispose(): void {
    for (const tensor of Object.values(this.#feeds)) this.memory.release(tensor);
    this.#feeds = {};
    this.#into = {};
  }

  #use(make: (old: Tensor) => Tensor): void {
    for (const { past, present } of this.graph.slots) {
      const old = this.#feeds[past];
      const tensor = make(old as Tensor);
      this.#feeds[past] = tensor;
      this.#into[present] = tensor;
      if (old) this.memory.release(old);
    }
  }
}
