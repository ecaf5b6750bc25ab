/**
 * What a trial of a model has found, and where the last trials are kept. Written by *Choose a Model*, read by *Diagnose*;
 * only numbers are kept, under the path of the model.
 */
import * as v from 'valibot';
import type { Memento } from './memento';

const amount = v.pipe(v.number(), v.minValue(0));

const trialFigures = v.strictObject({
  role: v.picklist(['decoder', 'encoder']),
  /** Milliseconds. */
  loadMs: amount,
  /** Resident memory of a process that holds this model alone, bytes. */
  residentBytes: amount,
  /** Tokens a second, or texts of encoders; absent where nothing was read or written. */
  readPerSecond: v.optional(amount),
  writtenPerSecond: v.optional(amount),
  /** Of decoders: from a key to the text, where the rest of the prompt is known; of encoders: from a question to its vector. Median, milliseconds. */
  answerMs: v.optional(amount),
  /** Of decoders: lines that were written exactly, of those that there was time for. */
  exact: v.optional(v.strictObject({ right: amount, of: amount })),
  fillsInTheMiddle: v.boolean(),
});
export type TrialFigures = v.InferOutput<typeof trialFigures>;

const key = 'models.trials';
/** Older ones are forgotten. */
const kept = 12;

const entry = v.strictObject({ path: v.string(), figures: trialFigures });

/** The last trials on this machine. */
export class TrialMemory {
  constructor(private readonly memory: Memento) {}

  get(path: string): TrialFigures | undefined {
    return this.#all().find((one) => one.path === path)?.figures;
  }

  async put(path: string, figures: TrialFigures): Promise<void> {
    const others = this.#all().filter((one) => one.path !== path);
    await this.memory.update(key, [...others, { path, figures }].slice(-kept));
  }

  #all(): v.InferOutput<typeof entry>[] {
    const list = this.memory.get(key);
    return Array.isArray(list) ? list.filter((one) => v.is(entry, one)) : [];
  }
}
