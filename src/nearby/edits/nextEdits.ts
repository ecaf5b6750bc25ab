/**
 * Proposes where the user makes the same edit next: finds the places where the latest edit fits again and keeps those that are
 * likely enough. Used by the command line and by the benchmark of next edits; changes nothing.
 */
import { analogousEdits } from './analogy';
import type { AnalogousEdit, TokenizedText } from './analogy';
import { confidenceOf } from './choice';
import { codeTokens } from './codeTokens';
import type { CodeToken, StringCut } from './codeTokens';
import { gatherEvidence } from './evidence';
import type { Evidence } from './evidence';
import type { RecentEdit, RecentWork } from './history';
import { judgedConfidence, judgedFrom, maxJudged } from './judgement';
import type { Judgement } from './judgement';
import { repeatedEdits } from './repeatedEdits';

export interface ProposedEdit {
  readonly edit: AnalogousEdit;
  /** Probability in 0…1 that the user makes it. */
  readonly confidence: number;
  /** The edits that it repeats, the latest last. */
  readonly learntFrom: readonly RecentEdit[];
}

/** Probabilities in 0…1: less likely edits are not shown. */
export interface LeastConfidence {
  /** Of an edit that was made once. */
  readonly once: number;
  /** Of one that was made more than once. */
  readonly again: number;
  /** Of either, by the evidence and a model together, where that was asked; none is asked without. */
  readonly judged: number | undefined;
}

/** How often those above are right: docs/features/next-edit.md. */
export const minimumConfidence: LeastConfidence = { once: 0.9, again: 0.75, judged: 0.6 };
export const sureConfidence: LeastConfidence = { once: 0.95, again: 0.9, judged: undefined };

/** A text that is cut into tokens once, and only where something of the edit stands in it. */
export function tokenized(path: string, text: string): TokenizedText {
  const cut = new Map<StringCut, readonly CodeToken[]>();
  const tokens = (strings: StringCut): readonly CodeToken[] => {
    const made = cut.get(strings) ?? codeTokens(text, 0, text.length, strings);
    cut.set(strings, made);
    return made;
  };
  return { path, text, tokens };
}

/** A place where an edit may be made again, and what speaks for it. */
export interface WeighedPlace {
  readonly edit: AnalogousEdit;
  readonly evidence: Evidence;
  /** The edits that it repeats, the latest last. */
  readonly alike: readonly RecentEdit[];
}

/** Every place where one of the last edits may be due again. */
export function weighedPlaces(history: RecentWork, sources: readonly TokenizedText[]): WeighedPlace[] {
  return repeatedEdits(history.edits).flatMap((kind) => {
    const found = sources.flatMap((source) => analogousEdits(kind.last.pattern, source));
    const alike = [...kind.made, kind.last];
    return gatherEvidence(history, kind, found).map((place) => ({ ...place, alike }));
  });
}

/**
 * What repeats one of the last edits, in the order in which it is to be shown: the likeliest first.
 *
 * @param sources the texts as they are now, line ends `\n`
 */
export function nextEdits(
  history: RecentWork,
  sources: readonly TokenizedText[],
  least = minimumConfidence,
): ProposedEdit[] {
  return searchedEdits(history, sources, least).likely;
}

/** What repeats one of the last edits. */
export interface SearchedEdits {
  /** By the evidence alone, in the order in which it is to be shown. */
  readonly likely: ProposedEdit[];
  /** What a model is to be asked about before anything is shown, the likeliest first: nothing where the evidence is sure of a place. */
  readonly unsure: ProposedEdit[];
}

/** @param sources as for {@link nextEdits} */
export function searchedEdits(
  history: RecentWork,
  sources: readonly TokenizedText[],
  least: LeastConfidence,
): SearchedEdits {
  const places = weighedPlaces(history, sources)
    .map(({ edit, evidence, alike }) => ({ edit, confidence: confidenceOf(evidence), learntFrom: alike }))
    .sort((a, b) => b.confidence - a.confidence);
  const likely = places.filter((one) => isLikely(one, least));
  return {
    likely: nextBelowFirst(likely, history.edits.at(-1)),
    unsure:
      least.judged === undefined || places.some((one) => isLikely(one, sureConfidence))
        ? []
        : places.filter(({ confidence }) => confidence >= judgedFrom).slice(0, maxJudged),
  };
}

interface Weighed {
  readonly confidence: number;
  readonly learntFrom: readonly unknown[];
}

/** Whether the evidence is enough for a place to be shown. */
const isLikely = ({ confidence, learntFrom }: Weighed, least: LeastConfidence): boolean =>
  confidence >= (learntFrom.length > 1 ? least.again : least.once);

/**
 * What is shown of places that a model was asked about, the likeliest first. By the evidence alone goes what it did not judge: where
 * the lines are long, or its answer was late.
 */
export function judgedEdits<Place extends Weighed>(
  unsure: readonly { readonly place: Place; readonly judgement: Judgement | undefined }[],
  least: LeastConfidence,
): { readonly place: Place; readonly judgement: Judgement | undefined; readonly confidence: number }[] {
  return unsure
    .map(({ place, judgement }) => ({
      place,
      judgement,
      confidence: judgement ? judgedConfidence(place.confidence, judgement) : place.confidence,
    }))
    .filter(({ place, judgement, confidence }) =>
      judgement ? confidence >= (least.judged ?? 1) : isLikely(place, least),
    )
    .sort((a, b) => b.confidence - a.confidence);
}

/** An edit that is less likely by so much only may be shown before another: the next place below is where the eye goes. */
const nearlyAsLikely = 0.05;

/** Of the likeliest in the file of the latest edit, the next below it comes first. */
function nextBelowFirst(edits: readonly ProposedEdit[], latest: RecentEdit | undefined): ProposedEdit[] {
  const [first] = edits;
  if (first === undefined || first.edit.path !== latest?.path) return [...edits];
  const likely = edits.filter(
    ({ edit, confidence }) =>
      edit.path === latest.path && edit.start >= latest.start && confidence >= first.confidence - nearlyAsLikely,
  );
  const [next = first] = likely.toSorted((a, b) => a.edit.start - b.edit.start);
  return [next, ...edits.filter((one) => one !== next)];
}
