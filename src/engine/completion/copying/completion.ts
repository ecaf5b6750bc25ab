import type { CompletionModel } from '../completionModel';
import type { CompleteParams, CompleteResult, Priority } from '../../../ipc/engine/protocol';
import type { Step } from '../../../common/step';
import { findCopy } from './copy';
import type { Copy } from './copy';
import { Neighbours } from '../../../nearby/fileTexts';

/** From which confidence on a copy is proposed in the place of what a model would write, where its folder does not say. */
const usualMinimum = 0.5;

/**
 * Completes code by copying where that is likely to be right, and by the model elsewhere.
 *
 * Of all that programmers write, a quarter stands in the same form somewhere near by, and how far two places agree
 * tells how likely they go on alike (compare Hellendoorn and Devanbu, ESEC/FSE 2017: local caches beat networks of
 * their time). A copy takes milliseconds, and no run of the model.
 */
export class CopyingCompletion {
  readonly #minimum: number;

  constructor(
    private readonly model: CompletionModel,
    { copiesFrom = usualMinimum }: { readonly copiesFrom?: number | undefined },
    private readonly neighbours = new Neighbours(),
  ) {
    this.#minimum = copiesFrom;
  }

  /**
   * See `CompletionModel.complete`. Nothing is copied where no neighbours are named, not even from the file itself. Where
   * alternatives are wanted, the model writes too, and the copy stands before what it writes.
   */
  async complete(
    params: CompleteParams,
    step: Step,
    onText: (text: string) => void,
    sequence?: Priority,
  ): Promise<CompleteResult> {
    const copy = await this.#copy(params);
    if (!copy) return this.model.complete(params, step, onText, sequence);
    if (params.alternatives === undefined) {
      await step();
      onText(copy.text);
      return this.model.propose(params, copy);
    }
    const {
      alternatives = [],
      timings,
      promptIds,
      ...first
    } = await this.model.complete(params, step, () => undefined, sequence);
    const others = [first, ...alternatives].filter(
      ({ text }) => text.trim() !== '' && text.trim() !== copy.text.trim(),
    );
    return {
      ...this.model.propose(params, copy),
      timings,
      promptIds,
      alternatives: others.slice(0, params.alternatives),
    };
  }

  async #copy(params: CompleteParams): Promise<Copy | undefined> {
    if (!params.neighbours) return undefined;
    const copy = findCopy(params, await this.neighbours.read(params.neighbours));
    return copy && copy.confidence >= this.#minimum ? copy : undefined;
  }
}
