/**
 * Runs a staged graph as several short native runs with pauses between, so that a request can be interrupted; used by
 * the runtime's `session.ts` for graphs with stages.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Stages } from '../graphs/rewrites/stages';
import { RunInterrupted } from './tensors';
import type { ElementType, Session, Tensor, TensorData, Tensors, ValueInfo } from './tensors';

/** What a native run may take, since nothing can stop it: milliseconds. */
const defaultRunMs = 30;

/** A session that can leave outputs out. */
export interface PartialSession extends Session {
  /** Runs the graph and gives back the outputs that are named. */
  fetch(feeds: Readonly<Tensors>, wanted: readonly string[]): Promise<Tensors>;
}

/**
 * A graph that is run part by part (see `runInStages`), so that a run ends between two of them once it is interrupted,
 * though no native run can be stopped. As many stages are run at once as take no longer than a run may.
 */
export class StagedSession implements Session {
  readonly interruptible = true;
  readonly inputs: ReadonlyMap<string, ValueInfo>;
  readonly outputs: ReadonlyMap<string, ValueInfo>;
  readonly #flags: Tensor;
  /** Fed where nothing was carried on yet. */
  readonly #nothing: Tensors;
  /** The last native run that tells: its milliseconds for each stage, and its rows. */
  #last = { ms: Infinity, rows: 1 };

  /** @param runMs what a native run may take; a stage that takes longer is run alone */
  constructor(
    private readonly session: PartialSession,
    private readonly stages: Stages,
    private readonly runMs = defaultRunMs,
  ) {
    const { active, given, givenType, carried, count } = stages;
    const own = new Set([active, ...given, ...carried.flat()]);
    const others = (values: ReadonlyMap<string, ValueInfo>) => new Map([...values].filter(([name]) => !own.has(name)));
    this.inputs = others(session.inputs);
    this.outputs = others(session.outputs);
    this.#flags = session.tensor('bool', new Uint8Array(count), [count]);
    const none = session.tensor(
      givenType,
      givenType === 'float32' ? new Float32Array(0) : new Uint16Array(0),
      [1, 0, 1],
    );
    this.#nothing = Object.fromEntries(given.map((name) => [name, none]));
  }

  tensor(type: ElementType, data: TensorData, shape: readonly number[]): Tensor {
    return this.session.tensor(type, data, shape);
  }

  async run(feeds: Readonly<Tensors>, _into?: Readonly<Tensors>, interrupt?: AbortSignal): Promise<Tensors> {
    const { count, active, given, carried, outputs } = this.stages;
    const rows = feeds.input_ids?.dims.at(-1) ?? 1;
    const found: Tensors = {};
    let handed = this.#nothing;
    for (let first = 0, end: number; first < count; first = end) {
      // What has arrived meanwhile is heard here.
      if (first > 0) await nextTurn();
      if (interrupt?.aborted) throw new RunInterrupted();
      end = first + this.#next(rows, count - first);
      (this.#flags.data as Uint8Array).fill(0).fill(1, first, end);
      const [own, leaving] = [outputs.slice(first, end).flat(), carried[end - 1] ?? []];
      const started = performance.now();
      const made = await this.session.fetch({ ...feeds, [active]: this.#flags, ...handed }, [...own, ...leaving]);
      // The last stage is the logits of few rows: what ends with it says nothing of the stages that come next.
      if (end < count || first === 0) this.#last = { ms: (performance.now() - started) / (end - first), rows };
      handed = { ...this.#nothing };
      for (const [place, name] of leaving.entries()) handed[given[place] as string] = made[name] as Tensor;
      for (const name of own) found[name] = made[name] as Tensor;
    }
    return found;
  }

  dispose(): Promise<void> {
    return this.session.dispose();
  }

  /** Of the stages that are left, how many are run next: about as many each time. A row is taken to cost what one did last, or less. */
  #next(rows: number, left: number): number {
    const ms = this.#last.ms * Math.max(1, rows / this.#last.rows);
    const most = Math.max(1, Math.floor(this.runMs / ms));
    return Math.ceil(left / Math.ceil(left / most));
  }
}
