/**
 * Type of the model that compared a question with a hit: its folder, and whether it is the table of token vectors.
 * Used by the workspace index and by the explanation of hits.
 */

/** What compares the meanings of a question and of a hit. */
export interface Comparing {
  /** Absolute path of the model folder. */
  readonly folder: string;
  readonly isTable: boolean;
  /** A server has, which does not say by what: the table stands in for it. */
  readonly byServer?: boolean;
}
