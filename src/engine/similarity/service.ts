/**
 * Explains why two texts are alike to an encoder or a static table, token pair by token pair; used by the engine's
 * `similarity` handler and by the browser tests.
 */
import { StaticEmbedder } from '../../modelFolder/table/staticTable';
import { EngineError } from '../../ipc/engine/errors';
import { ModelStore } from '../scheduling/modelStore';
import { maxTileCells } from '../../ipc/engine/messages/attention';
import type { Similarity, SimilarityParams } from '../../ipc/engine/messages/similarity';
import type { Step } from '../../common/step';
import { pairsOf } from './pairs';
import { TableSplitter } from './splitter';
import type { TextSplitter } from './splitter';

/** Bytes of a pair. */
const pairSize = 4;

/** Says why two texts are alike to a model. */
export class SimilarityService {
  /** Tables of token vectors that were opened. They are small, and need no runtime. */
  readonly #tables = new ModelStore(
    async (path: string) => ({ path, splitter: new TableSplitter(await StaticEmbedder.open(path)) }),
    () => undefined,
  );

  /** @throws {EngineError} `modelMissing` or `modelInvalid` */
  async table(folder: string): Promise<TextSplitter> {
    return (await this.#tables.get(folder)).splitter;
  }

  /** @throws {EngineError} `invalid` where there is nothing to compare, or too much */
  async compare(splitter: TextSplitter, { question, code, around }: SimilarityParams, step: Step): Promise<Similarity> {
    const asked = await splitter.split('query', question, '', step);
    const found = await splitter.split('document', code, around, step);
    const [rows, columns] = [asked.sequence.ids.length, found.sequence.ids.length];
    if (rows * columns * pairSize > maxTileCells) {
      throw new EngineError(
        'invalid',
        `The question has ${rows} tokens and the code ${columns}: so many pairs are not shown. Ask with less code.`,
      );
    }
    const { pairs, score } = await pairsOf(asked.contributions, found.contributions, splitter.dimension, step);
    if (!Number.isFinite(score))
      throw new EngineError('invalid', 'There is nothing in the question or in the code that this model reads.');
    return {
      question: asked.sequence,
      code: found.sequence,
      pairs,
      score,
      pooling: splitter.pooling,
      dimension: splitter.dimension,
      truncated: { question: asked.truncated, code: found.truncated },
    };
  }
}
