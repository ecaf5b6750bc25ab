import type { Catalogue } from '../catalogue';
import { sweepBlocks } from './blocks';
import type { DenseIndex } from './denseIndex';
import { keyWords } from './keyTable';

/** Bytes of vectors up to which the fast model's are kept beside the better ones': they answer when that is busy. */
const roomForBoth = 256 * 2 ** 20;

/** Drops vectors of texts that are gone, of models that are not searched, and, where there are many, of the lesser model. */
export function sweep(catalogue: Catalogue, dense: DenseIndex): void {
  catalogue.transaction(() => {
    dense.refresh();
    const { lengths, texts, keys, live } = dense.slots;
    const names = new Set(dense.models.map(({ name }) => name));
    const [best] = dense.models;
    const both = live * dense.models.reduce((sum, { dimension }) => sum + dimension, 0) <= roomForBoth;
    const isLive = new Uint8Array(keys.size);
    for (let slot = 0; slot < lengths.length; slot++) if (lengths[slot] !== 0) isLive[texts[slot] as number] = 1;
    sweepBlocks(catalogue, (words, index, model) => {
      const text = keys.find(words, index * keyWords);
      if (text === undefined || isLive[text] !== 1 || !names.has(model)) return false;
      return both || model === best?.name || !dense.hasText(text, best?.name);
    });
  });
}
