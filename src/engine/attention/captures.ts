/**
 * Memory of attention captures under one byte budget, least recently used out first; used by the handlers of attention
 * and `layersOnDemand.ts`. It only keeps captures and never runs a model.
 */
import { EngineError } from '../../ipc/engine/errors';
import { Capture } from '../../attention/capture';
import type { CapturePlan } from '../../attention/capture';
import { bytesBesideMaps } from '../../attention/stack';
import { cellCount } from '../../attention/weightMap';

/** Memory that captures may take together, bytes. */
export const mapBudget = 256 * 2 ** 20;

/**
 * The captures there are, the least recently used first. New ones take the memory of old ones: first that of their whole
 * maps, which can be captured again layer by layer, and then all of it.
 */
export class Captures {
  readonly #captures = new Map<number, Capture>();
  #next = 1;

  constructor(readonly budget: number = mapBudget) {}

  /**
   * Makes room for a capture and adds it, empty.
   *
   * @param wanted layers whose whole maps go before those of others
   */
  add(model: string, plan: CapturePlan, wanted: readonly number[]): Capture {
    // The latest of the others may be compared with this one, so that it stays, if without maps.
    const latest = [...this.#captures.values()].at(-1);
    const beside = [plan, ...(latest ? [latest.plan] : [])].reduce((sum, one) => sum + besideMaps(one), 0);
    const kept = layersThatFit(plan, wanted, this.budget - beside);
    const capture = new Capture(this.#next++, model, plan, kept);
    this.#makeRoom([...this.#captures.values()], capture.bytes);
    this.#captures.set(capture.id, capture);
    return capture;
  }

  /** Makes room for another layer's maps of a capture; its own layers give way when nothing else can. */
  makeRoom(capture: Capture, bytes: number): void {
    const others = [...this.#captures.values()].filter((other) => other !== capture);
    if (!this.#makeRoom(others, bytes)) this.#dropMaps(capture, bytes);
  }

  /** @returns whether there is room now */
  #makeRoom(others: readonly Capture[], bytes: number): boolean {
    return (
      others.some((other) => this.#dropMaps(other, bytes)) ||
      others.some((other) => {
        this.#captures.delete(other.id);
        return this.#hasRoom(bytes);
      }) ||
      this.#hasRoom(bytes)
    );
  }

  #dropMaps({ stacks }: Capture, bytes: number): boolean {
    while (!this.#hasRoom(bytes)) if (!stacks.some((stack) => stack.drop())) return false;
    return true;
  }

  #hasRoom(bytes: number): boolean {
    return [...this.#captures.values()].reduce((sum, capture) => sum + capture.bytes, bytes) <= this.budget;
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

const besideMaps = ({ stacks }: CapturePlan): number =>
  stacks.reduce((sum, shape) => sum + bytesBesideMaps(shape, shape.valueWeighted), 0);

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
