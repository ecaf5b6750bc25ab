/** What compares the meanings of a question and of a hit. */
export interface Comparing {
  /** Absolute path of the model folder. */
  readonly folder: string;
  readonly isTable: boolean;
}
