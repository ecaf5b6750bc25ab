/**
 * What a decoder makes of a place where an edit may be due again: which texts it is asked about, and how its answer is weighed with
 * the evidence. Used by the search for the next edit, the feature, and the benchmark that the weights were fitted by; pure functions.
 */
import { logit, probability } from '../../common/statistics/logit';
import type { TextLikelihood } from '../../ipc/engine/messages/likelihood';
import type { AnalogousEdit } from './analogy';
import type { RecentEdit } from './history';

/** What stands before, what may stand there, and what stands behind. */
export interface JudgedTexts {
  readonly before: string;
  readonly old: string;
  readonly now: string;
  readonly behind: string;
}

/** A place, and the edits that would be made again there, the latest last. */
interface JudgedPlace {
  readonly edit: Pick<AnalogousEdit, 'path' | 'start' | 'end' | 'text'>;
  readonly learntFrom: readonly Pick<RecentEdit, 'path' | 'start' | 'end'>[];
}

/** How probable the model finds the place as it is, and with the edit. */
export interface Judgement {
  readonly old: TextLikelihood;
  readonly now: TextLikelihood;
}

/** UTF-16 units of what stands before, of an edit that was made, of either text, and of what stands behind. */
const most = { before: 240, made: 160, text: 240, behind: 100 };

/** By the evidence; below, nothing makes a place likely enough. */
export const judgedFrom = 0.6;
/** Places after an edit, the likeliest: each takes the model two thirds of a second. */
export const maxJudged = 2;

/** Of the features in their order; fitted to 320 places in 23 packages: `npm run bench -- next-edit --judge FILE`. */
const fitted: readonly number[] = [0.081, 0.352, -0.019, 0.359, 0.024, 0.044];

/**
 * The lines of a place, before and after, below the last place where the edit was made: the model may follow it.
 *
 * @returns `undefined` where they are long
 */
export function judgedTexts(
  { edit: { path: file, start, end, text }, learntFrom }: JudgedPlace,
  textOf: (file: string) => string | undefined,
): JudgedTexts | undefined {
  const source = textOf(file) ?? '';
  const [from, to] = [lineStart(source, start), lineEnd(source, end)];
  const old = source.slice(from, to);
  const now = source.slice(from, start) + text + source.slice(end, to);
  if (Math.max(old.length, now.length) > most.text) return undefined;
  const above = lineStart(source, Math.max(0, from - most.before));
  const example = learntFrom
    .filter((one) => one.path !== file || one.end < above || one.start > to)
    .slice(-1)
    .flatMap((one) => madeText(one, textOf(one.path)) ?? []);
  return {
    before: [...example, source.slice(above, from)].join('\n'),
    old,
    now,
    behind: source.slice(to, to + most.behind),
  };
}

/** What the regression sees. @param confidence in 0…1, by the evidence */
export const judgementFeatures = (confidence: number, { old, now }: Judgement): number[] => [
  1,
  logit(confidence),
  now.logprob,
  now.logprob / Math.max(1, now.tokens),
  now.logprob - old.logprob,
  now.followed - old.followed,
];

/** Probability in 0…1 that the user makes the edit, by the evidence and the model. @param confidence in 0…1, by the evidence */
export const judgedConfidence = (confidence: number, judgement: Judgement, weights = fitted): number =>
  probability(judgementFeatures(confidence, judgement), weights);

/** Probability in 0…1 that the model gives to the new text where nothing but it or the old one can stand there. */
export const preferenceOf = ({ old, now }: Judgement): number =>
  probability([now.logprob + now.followed - old.logprob - old.followed], [1]);

/** The lines that an edit stands in now, and those around. */
function madeText({ start, end }: { start: number; end: number }, text: string | undefined): string | undefined {
  if (text === undefined || end - start > most.made) return undefined;
  const around = (most.made - (end - start)) / 2;
  return text.slice(lineStart(text, Math.max(0, start - around)), lineEnd(text, Math.min(text.length, end + around)));
}

const lineStart = (text: string, at: number): number => (at === 0 ? 0 : text.lastIndexOf('\n', at - 1) + 1);

function lineEnd(text: string, at: number): number {
  const next = text.indexOf('\n', at);
  return next < 0 ? text.length : next;
}
