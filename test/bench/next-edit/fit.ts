/** Fits the weights of src/nearby/edits/choice.ts: a logistic regression over the places that an edit fits at. */
import { analogousEdits } from '../../../src/nearby/edits/analogy';
import { gatherEvidence } from '../../../src/nearby/edits/evidence';
import { EditHistory } from '../../../src/nearby/edits/history';
import { fit } from '../copying/regression';
import type { Sample } from '../copying/regression';
import { nearestPaths, TokenizedFiles } from './contenders';
import { Progress } from './steps';
import type { Step } from './steps';

export class Fit {
  #names: readonly string[] = [];
  readonly #samples: Sample[] = [];

  /** Makes the changes of a step in their order, and looks after each whether the places are among those that follow. */
  add(step: Step): void {
    const progress = new Progress(step);
    const history = new EditHistory();
    const files = new TokenizedFiles();
    for (const hunk of step.hunks) {
      if (!history.add(hunk.path, progress.make(hunk))) continue;
      const { pattern } = history.edits.at(-1)!;
      const found = [hunk.path, ...nearestPaths(progress, hunk.path)].flatMap((path) =>
        analogousEdits(pattern, files.get(path, progress.textOf(path))),
      );
      const places = gatherEvidence(history.edits, found);
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
  }

  /** As the source has them. */
  text(): string {
    const weights = fit(this.#samples);
    return `{\n${this.#names.map((name, at) => `  ${name}: ${weights[at]!.toFixed(3)},\n`).join('')}}`;
  }
}
