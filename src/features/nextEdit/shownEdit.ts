/**
 * What is proposed as the next edit: one that repeats what the user did, or one that a language server knows of or a model wrote. Used by all that
 * shows it or makes it.
 */
import type { PlacedEdit, TextPosition } from '../../nearby/edits/placedEdit';
import type { FoundEdit } from '../../nearby/edits/search';

/** An edit that a language server knows of, or a model wrote. */
export interface ServedEdit extends PlacedEdit {
  readonly why:
    | {
        /** A use of a definition that is called otherwise now. */
        readonly kind: 'renamed';
        readonly from: string;
        readonly to: string;
        readonly definition: { readonly path: string; readonly start: TextPosition };
      }
    | {
        /** What the server's quick fix is called, and what it is against. */
        readonly kind: 'fix';
        readonly title: string;
        readonly message: string;
      }
    | {
        /** A model wrote the lines anew: how probable that text is to it, 0…1. */
        readonly kind: 'written';
        readonly probability: number;
      };
}

/** One that repeats what the user did. */
export interface RepeatingEdit extends FoundEdit {
  /** Probability in 0…1 that the model gives to the new text against the old one, where it was asked. */
  readonly preference?: number;
}

export type ShownEdit = RepeatingEdit | ServedEdit;

/** What is declined with an edit: the same text is the same change. */
export const changeOf = ({ why, old, text }: ServedEdit): string => {
  if (why.kind === 'renamed') return `${why.from} → ${why.to}`;
  return why.kind === 'fix' ? why.title : `${old} → ${text}`;
};
