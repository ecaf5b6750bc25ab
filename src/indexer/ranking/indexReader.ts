/**
 * Keeps an index open to be read, and opens it anew where the writer has made another one. Used by `searchIndex.ts`; writes
 * nothing.
 */
import { Catalogue, CatalogueError, isDamage } from '../store/catalogue';
import type { SearchedModel } from '../vectors/searchedModel';
import type { Room } from '../vectors/spare';
import { lookInto } from './searched';
import type { Searched } from './searched';

export class IndexReader {
  #searched: Searched | undefined;

  /** @param store absolute path of the index' own folder @param room for vectors of all models but the best */
  constructor(
    private readonly store: string,
    private readonly room: Room | undefined,
  ) {}

  /**
   * Looks into the index as it is now.
   *
   * @param models the best first; the same ones until it is closed
   * @returns undefined where there is no index
   * @throws {CatalogueError} where it is damaged
   */
  read<Result>(models: readonly SearchedModel[], work: (searched: Searched) => Result): Result | undefined {
    try {
      // The writer may have made the index again since: then the file is another one.
      if (this.#searched?.catalogue.isReplaced() === true) this.close();
      this.#searched ??= lookInto(Catalogue.openForReading(this.store), models, this.room);
      return work(this.#searched);
    } catch (error) {
      if (error instanceof CatalogueError && error.code === 'missing') return undefined;
      if (!isDamage(error) || error instanceof CatalogueError) throw error;
      throw new CatalogueError('damaged', 'The index is damaged.');
    } finally {
      if (this.#searched?.catalogue.isReadOnly === true) this.close();
    }
  }

  /** The next look opens it again. */
  close(): void {
    this.#searched?.dense.close();
    this.#searched?.catalogue.close();
    this.#searched = undefined;
  }
}
