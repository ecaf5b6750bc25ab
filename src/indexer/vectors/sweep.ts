/**
 * Deletes vectors that the index needs no more from the database and from memory, in one transaction; called by
 * `searchIndex.ts` as the writer.
 */
import type { Catalogue } from '../store/catalogue';
import { sweepBlocks } from './blocks';
import type { DenseIndex } from './denseIndex';
import { keyWords } from '../store/keyTable';

/** Drops vectors of texts that are gone, of models that are not searched, and, where there are many, of the lesser model (see `Room`). */
export function sweep(catalogue: Catalogue, dense: DenseIndex): void {
  catalogue.transaction(() => {
    dense.refresh();
    const { isUsed, keys } = dense.slots;
    const names = new Set(dense.models.map(({ name }) => name));
    const textOf = (words: Uint32Array, index: number): number | undefined => keys.find(words, index * keyWords);
    sweepBlocks(
      catalogue,
      (words, index, model) => {
        const text = textOf(words, index);
        return text !== undefined && isUsed[text] === 1 && names.has(model) && dense.wants(text, model);
      },
      (words, index, model) => {
        const text = textOf(words, index);
        if (text !== undefined) dense.drop(text, model);
      },
    );
  });
}
