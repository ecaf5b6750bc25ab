/**
 * Types of a summary: its modes, sentences, parts, progress and the evidence for tracing them. Used throughout the
 * summarize feature and by the command line.
 */
import type { Signature } from '../../syntax/signature';
import type { ModelAnswer } from './writers';
import type { Excerpt, Lines } from './excerpt';
import type { UnknownName } from './identifiers';
import type { WriterFacts } from './prompts';
import type { Problem } from './quality';
import type { SummaryTarget } from './summaryTarget';

/** Length of a summary: one sentence; a few; one with parameters and result; a line for each part and for the whole. */
export const modes = ['sentence', 'paragraph', 'parameters', 'outline'] as const;
export type Mode = (typeof modes)[number];

/** What a model read and wrote: all that is needed to ask later which lines carried it. */
export interface SentenceEvidence
  extends Pick<WriterFacts, 'model' | 'role'>, Pick<ModelAnswer, 'text' | 'promptIds' | 'tokens'> {
  readonly excerpt: Excerpt;
}

/** A documented function whose words are used. */
export interface SentenceOrigin {
  readonly name: string;
  /** Absolute; undefined in the file itself. */
  readonly path: string | undefined;
  /** Of its file, from 0. */
  readonly line: number;
}

/** One sentence of a summary, and how far it can be trusted. */
export interface Sentence {
  readonly text: string;
  /** Where it is from: the model, the documentation that the code has already, or that of a similar function. */
  readonly source: 'model' | 'documentation' | 'similar';
  /** The similar function that the sentence is from; absent for other sources. */
  readonly from?: SentenceOrigin;
  readonly problem: Problem | undefined;
  readonly unknown: readonly UnknownName[];
  /** The model did not see all of the code. */
  readonly cut: boolean;
  /** Absent while it is being written, and where no model wrote it. */
  readonly evidence?: SentenceEvidence;
}

/** A part of the subject, and the sentence about it. */
export interface SummaryPart {
  readonly name: string;
  /** Of the file, from 0. */
  readonly line: number;
  readonly sentence: Sentence | undefined;
}

/** The sentence about a piece that the whole is summarized from: shown first, where the summary takes long. */
export interface Aside extends Lines {
  /** Of the piece, where it is a symbol. */
  readonly name: string | undefined;
  readonly text: string;
}

/** A summary, whole or as far as it has come. */
export interface Summary {
  readonly mode: Mode;
  readonly subject: SummaryTarget;
  /** Lines of the file, from 0, both included. */
  readonly lines: { readonly first: number; readonly last: number };
  /** About the subject as a whole. */
  readonly main: Sentence | undefined;
  /** About its parts, in their order. */
  readonly parts: readonly SummaryPart[];
  /** Present while the summary is being written and has no sentence about the subject itself. */
  readonly aside: Aside | undefined;
  /** What the source itself says a function takes and gives back. */
  readonly facts: Signature | undefined;
  /** Questions answered, and how many there are as far as is known. */
  readonly progress: { readonly done: number; readonly total: number };
  readonly state: 'writing' | 'whole' | 'stopped';
}
