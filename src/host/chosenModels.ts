/**
 * Which models the user has chosen from the stores of other programs, and whether they are still there: a store may drop a
 * file at any time, and then the model that comes with Glassbox works. A path that was written into the settings by hand is
 * not among them; where that is wrong, the status item says so.
 */
import { existsSync } from 'node:fs';
import * as v from 'valibot';
import type { Memento } from './memento';

const key = 'models.chosen';
/** Older ones are forgotten. */
const kept = 20;

const entry = v.strictObject({ path: v.string(), label: v.string() });

type Chosen = v.InferOutput<typeof entry>;

export class ChosenModels {
  /** Read once: settings are read with every key. */
  #list: readonly Chosen[] | undefined;

  constructor(private readonly memory: Memento) {}

  /** @param label what the model's program calls it */
  async remember(path: string, label: string): Promise<void> {
    const others = this.#all().filter((one) => one.path !== path);
    this.#list = [...others, { path, label }].slice(-kept);
    await this.memory.update(key, this.#list);
  }

  /** What a chosen model is called. @param path as the setting has it */
  label(path: string): string | undefined {
    return path === '' ? undefined : this.#all().find((one) => one.path === path)?.label;
  }

  /** Whether a model was chosen here and its file has gone since. @param path as the setting has it */
  isGone(path: string): boolean {
    return this.label(path) !== undefined && !existsSync(path);
  }

  #all(): readonly Chosen[] {
    const stored = this.#list ?? this.memory.get(key);
    return (this.#list ??= Array.isArray(stored) ? stored.filter((one) => v.is(entry, one)) : []);
  }
}
