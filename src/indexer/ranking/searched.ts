/**
 * What a search looks into: one catalogue with what is known of its words and vectors. Opened by `searchIndex.ts`, read by
 * the modules beside this one; answers nothing itself.
 */
import type { Catalogue } from '../store/catalogue';
import { Slots } from '../store/slots';
import { DenseIndex } from '../vectors/denseIndex';
import type { SearchedModel } from '../vectors/searchedModel';
import type { Room } from '../vectors/spare';
import { LexicalIndex } from './lexical';

export interface Searched {
  readonly catalogue: Catalogue;
  readonly lexical: LexicalIndex;
  readonly dense: DenseIndex;
}

/** @param models the best first; none to search by words alone @param room for vectors of all but the best */
export function lookInto(catalogue: Catalogue, models: readonly SearchedModel[] = [], room?: Room): Searched {
  const slots = new Slots(catalogue);
  return {
    catalogue,
    lexical: new LexicalIndex(catalogue, slots),
    dense: new DenseIndex(catalogue, slots, models, { room }),
  };
}
