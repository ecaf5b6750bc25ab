import { EngineError } from '../../ipc/engine/errors';
import { Capture } from '../../attention/capture';
import type { CapturePlan } from '../../attention/capture';
import { cellCount } from '../../attention/weightMap';

/** Memory that whole maps may take together, bytes. */
export const mapBudget = 256 * 2 ** 20;

/** The captures there are, the least recently used first. New ones take the memory of old ones. */
export class Captures {
  readonly #captures = new Map<number, Capture>();
  #next = 1;

  constructor(private readonly budget: number = mapBudget) {}

  /**
   * Makes room for a capture and adds it, empty.
   *
   * @param wanted layers whose whole maps go before those of others
   */
  add(model: string, plan: CapturePlan, wanted: readonly number[]): Capture {
    const kept = layersThatFit(plan, wanted, this.budget);
    const capture = new Capture(this.#next++, model, plan, kept);
    const others = () => [...this.#captures.values()].reduce((sum, { bytes }) => sum + bytes, 0);
    while (this.#captures.size > 0 && others() + capture.bytes > this.budget) {
      const [oldest] = this.#captures.keys();
      this.#captures.delete(oldest as number);
    }
    this.#captures.set(capture.id, capture);
    return capture;
  }

  /** @throws {EngineError} `invalid` where it was let go of */
  get(id: number): Capture {
    const capture = this.#captures.get(id);
    if (!capture) throw new EngineError('invalid', `Capture ${id} is no longer there: capture again.`);
    this.#captures.delete(id);
    this.#captures.set(id, capture);
    return capture;
  }

  has(id: number): boolean {
    return this.#captures.has(id);
  }

  release(id: number): void {
    this.#captures.delete(id);
  }
}

/** For each stack and layer, whether there is memory for its whole maps: wanted layers first, then from the first on. */
export function layersThatFit(
  { stacks }: Pick<CapturePlan, 'stacks'>,
  wanted: readonly number[],
  budget: number,
): boolean[][] {
  const kept = stacks.map(({ layers }) => Array.from({ length: layers }, () => false));
  let left = budget;
  for (const isWanted of [true, false]) {
    for (const [at, stack] of stacks.entries()) {
      const bytes = (stack.heads + 1) * cellCount(stack);
      for (let layer = 0; layer < stack.layers; layer++) {
        if (wanted.includes(layer) !== isWanted || bytes > left) continue;
        left -= bytes;
        (kept[at] as boolean[])[layer] = true;
      }
    }
  }
  return kept;
}
