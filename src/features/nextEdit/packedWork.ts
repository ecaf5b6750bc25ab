/**
 * What the user did last, as it is sent to the thread that searches: of each edit's pattern, which has hundreds of tokens, only
 * what the thread has not been sent before. Used by `searcher.ts` and `thread.ts`; keeps no text of its own.
 */
import type { EditPattern } from '../../nearby/edits/editPattern';
import type { PassedPlace, RecentEdit, RecentWork } from '../../nearby/edits/history';

/** A place with the number of its pattern. */
type Packed<Place extends { readonly pattern: EditPattern }> = Omit<Place, 'pattern'> & { readonly pattern: number };

export interface PackedWork {
  readonly edits: readonly Packed<RecentEdit>[];
  readonly passed: readonly Packed<PassedPlace>[];
  /** Patterns that were not sent before, by their numbers. */
  readonly patterns: readonly (readonly [number, EditPattern])[];
}

/** One for each thread. */
export class WorkPacker {
  #numbers = new Map<EditPattern, number>();
  #last = 0;

  pack({ edits, passed }: RecentWork): PackedWork {
    const wanted = new Set([...edits, ...passed].map(({ pattern }) => pattern));
    const unsent = [...wanted].filter((pattern) => !this.#numbers.has(pattern));
    const patterns = unsent.map((pattern) => [++this.#last, pattern] as const);
    this.#numbers = new Map([
      ...[...this.#numbers].filter(([pattern]) => wanted.has(pattern)),
      ...patterns.map(([number, pattern]) => [pattern, number] as const),
    ]);
    const packed = <Place extends { readonly pattern: EditPattern }>(place: Place): Packed<Place> => ({
      ...place,
      pattern: this.#numbers.get(place.pattern) ?? 0,
    });
    return { edits: edits.map(packed), passed: passed.map(packed), patterns };
  }
}

/** The other side: forgets what is not used any more, as the packer does. */
export class WorkUnpacker {
  #patterns = new Map<number, EditPattern>();

  unpack({ edits, passed, patterns }: PackedWork): RecentWork {
    const used = new Set([...edits, ...passed].map(({ pattern }) => pattern));
    this.#patterns = new Map([...this.#patterns, ...patterns].filter(([number]) => used.has(number)));
    const unpacked = <Place extends { readonly pattern: number }>(place: Place) => {
      const pattern = this.#patterns.get(place.pattern);
      return pattern ? [{ ...place, pattern }] : [];
    };
    return { edits: edits.flatMap(unpacked), passed: passed.flatMap(unpacked) };
  }
}
