/** Fits the weights of src/nearby/edits/choice.ts: a logistic regression over the places that an edit fits at. */
import type { WeighedPlace } from '../../../src/nearby/edits/nextEdits';
import { fit } from '../copying/regression';
import type { Sample } from '../copying/regression';
import { Glassbox } from './contenders';
import { emptyTally, replay } from './replay';
import type { Progress, Step } from './steps';

export class Fit {
  #names: readonly string[] = [];
  readonly #samples: Sample[] = [];

  /** Plays a step with the weights as they are, and looks after each change whether the places are among those that follow. */
  async add(step: Step): Promise<void> {
    const observe = (places: readonly WeighedPlace[], progress: Progress): void => this.#observe(places, progress);
    await replay(step, new Glassbox(undefined, { observe }), emptyTally());
  }

  #observe(places: readonly WeighedPlace[], progress: Progress): void {
    for (const { edit, evidence } of places) {
      this.#names = Object.keys(evidence);
      this.#samples.push({
        features: Object.values(evidence),
        right: Number(progress.matching(edit.path, edit.start, edit.end, edit.text) !== undefined),
        // An edit that fits at many places says not much more than one that fits at few.
        weight: 1 / Math.sqrt(places.length),
      });
    }
  }

  /** As the source has them. */
  text(): string {
    const weights = fit(this.#samples);
    return `{\n${this.#names.map((name, at) => `  ${name}: ${weights[at]!.toFixed(3)},\n`).join('')}}`;
  }
}
