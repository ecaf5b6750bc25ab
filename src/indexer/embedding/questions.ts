/**
 * Embeds a question by every model that can do so at once, with the questions without meaning that its cosines are measured
 * against (`relevance.ts`). Used by `searchIndex.ts`; compares nothing.
 */
import { vectorModel } from '../../ipc/indexer/embedder';
import type { Embedder } from '../../ipc/indexer/embedder';
import { quantizeAll } from '../vectors/quantization';
import { nonsense } from '../vectors/relevance';
import type { QuestionVector } from '../vectors/searchedModel';

export class QuestionEmbedder {
  /** What models make of questions without meaning, by their names. */
  readonly #nonsense = new Map<string, readonly Int8Array[]>();

  /**
   * The vectors of a question by the models' names. A model that is busy or broken has none.
   *
   * @throws {unknown} the signal's reason when it is aborted
   */
  async embed(
    question: string,
    models: readonly Embedder[],
    signal: AbortSignal | undefined,
  ): Promise<Map<string, QuestionVector>> {
    const vectors = await Promise.all(models.map((model) => this.#embed(question, model, signal)));
    return new Map(vectors.flat());
  }

  async #embed(
    question: string,
    model: Embedder,
    signal: AbortSignal | undefined,
  ): Promise<[string, QuestionVector][]> {
    try {
      const vector = quantizeAll(await model.embed([question], 'query', signal), model.dimension);
      return [[vectorModel(model), { vector, nonsense: await this.#embedNonsense(model) }]];
    } catch {
      signal?.throwIfAborted();
      // The other model and the words are left.
      return [];
    }
  }

  /** Once for each model. @returns undefined where the model is too busy: the search goes on without waiting for it */
  async #embedNonsense(model: Embedder): Promise<readonly Int8Array[] | undefined> {
    const { dimension } = model;
    const known = this.#nonsense.get(vectorModel(model));
    if (known !== undefined) return known;
    try {
      const vectors = quantizeAll(await model.embed(nonsense, 'query'), dimension);
      const found = nonsense.map((_, index) => vectors.subarray(index * dimension, (index + 1) * dimension));
      this.#nonsense.set(vectorModel(model), found);
      return found;
    } catch {
      return undefined;
    }
  }
}
