import type { Catalogue } from '../catalogue';
import { sweepBlocks } from './blocks';
import type { DenseIndex } from './denseIndex';
import { keyWords } from './keyTable';

/** Drops vectors of texts that are gone, of models that are not searched, and, where there are many, of the lesser model (see `Room`). */
export function sweep(catalogue: Catalogue, dense: DenseIndex): void {
  catalogue.transaction(() => {
    dense.refresh();
    const { wholes, texts, keys } = dense.slots;
    const names = new Set(dense.models.map(({ name }) => name));
    const isLive = new Uint8Array(keys.size);
    for (let slot = 0; slot < wholes.length; slot++) if (wholes[slot] !== 0) isLive[texts[slot] as number] = 1;
    const textOf = (words: Uint32Array, index: number): number | undefined => keys.find(words, index * keyWords);
    sweepBlocks(
      catalogue,
      (words, index, model) => {
        const text = textOf(words, index);
        return text !== undefined && isLive[text] === 1 && names.has(model) && dense.wants(text, model);
      },
      (words, index, model) => {
        const text = textOf(words, index);
        if (text !== undefined) dense.drop(text, model);
      },
    );
  });
}
