/**
 * The vectors of a lesser model that still count beside those of a better one which has embedded nearly everything: a
 * question is then not compared with all texts twice. Used by the dense index; changes no vectors of its own accord.
 */
import type { Slots } from '../store/slots';
import type { ModelVectors } from './modelVectors';
import type { Room } from './spare';

/** A copy that is not so many times smaller saves too little for the memory that it takes. */
const leastSaving = 4;

/** A copy of some vectors of a lesser model, kept up to date. */
export class Remainder {
  #part: ModelVectors | undefined;
  /** The better model that it is beside; undefined where something has changed since. */
  #better: ModelVectors | undefined;

  constructor(
    private readonly lesser: ModelVectors,
    private readonly slots: Pick<Slots, 'isUsed' | 'keys'>,
    private readonly room: Pick<Room, 'first' | 'oneIn'>,
  ) {}

  /** Something has changed in the index. */
  expire(): void {
    this.#better = undefined;
  }

  /** Gives back the room of all vectors. */
  clear(): void {
    this.#part?.shelves.clear();
    this.#part = undefined;
    this.#better = undefined;
  }

  /**
   * Vectors of the texts that the better model has not embedded, and of a sample of all others, which says what the lesser
   * model makes of such texts (see `comparable`).
   *
   * @returns all vectors of the lesser model where these are too many for a copy
   */
  beside(better: ModelVectors): ModelVectors {
    if (this.#better !== better) this.#update(better);
    this.#better = better;
    return this.#part ?? this.lesser;
  }

  #update(better: ModelVectors): void {
    const { isUsed, keys } = this.slots;
    const { first, oneIn } = this.room;
    const isWanted = (text: number): boolean =>
      this.lesser.has(text) && ((isUsed[text] === 1 && !better.has(text)) || keys.isSampled(text, oneIn));
    let wanted = 0;
    for (let text = 0; text < keys.size; text++) if (isWanted(text)) wanted++;
    if (better.size < first || wanted * leastSaving > this.lesser.size) {
      this.clear();
      return;
    }
    const part = (this.#part ??= this.lesser.part());
    for (let text = 0; text < keys.size; text++) {
      if (!isWanted(text)) part.drop(text);
      else if (!part.has(text)) part.add(text, this.lesser.vector(text));
    }
  }
}
