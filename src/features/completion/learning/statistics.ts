/**
 * The numbers that are kept of suggestions: how many came to what, by language, and how long they took. A pure fold over
 * events, which the wiring, the file and the page use; it holds no text but the identifiers of languages.
 */
import * as v from 'valibot';
import { count } from '../../../common/schemas';
import type { Fate } from './outcomes';

/** Stretches of confidence of equal width that suggestions are counted in. */
export const confidenceBins = 20;
/** Of so many judged suggestions of one language, the older half counts half: habits and models change. */
const remembered = 1_000;
/** Languages told apart; further ones count as one, `other`. */
const maxLanguages = 60;

const fates = ['taken', 'takenPartly', 'typedOut', 'typedOver', 'left'] as const satisfies readonly Fate[];

/** What a suggestion's time is told of: all of it, by where its text came from, and the engine's two parts of it. */
export const stages = ['known', 'copied', 'written', 'read', 'decode'] as const;
export type Stage = (typeof stages)[number];

const bins = v.pipe(v.array(v.pipe(v.number(), v.minValue(0), v.finite())), v.length(confidenceBins));
const kept = v.strictObject({ looked: count, unchanged: count, mostly: count });

const languageCounts = v.strictObject({
  ...v.entriesFromList(fates, count),
  /** Suggestions of which words, and lines, were taken. */
  byWord: count,
  byLine: count,
  keysSaved: count,
  after30s: kept,
  after5min: kept,
  /** By confidence: those of which is known whether they were right, and the right ones. May be broken: older ones count less. */
  judged: bins,
  right: bins,
});
/** What became of the suggestions in one language. */
export type LanguageCounts = v.InferOutput<typeof languageCounts>;

/** Every number from one bound of `histogramBounds` to the next. */
export const histogramSize = 40;
const histogram = v.pipe(v.array(count), v.length(histogramSize));

const languageName = v.pipe(v.string(), v.regex(/^[\w.#+-]{1,40}$/));

export const statisticsSchema = v.strictObject({
  version: v.literal(1),
  languages: v.record(languageName, languageCounts),
  times: v.strictObject(v.entriesFromList(stages, histogram)),
});
/** All that is kept, as it lies on disk. */
export type SuggestionStatistics = v.InferOutput<typeof statisticsSchema>;

/** What happened. */
export type LearningEvent =
  | {
      readonly kind: 'outcome';
      readonly languageId: string;
      readonly fate: Fate;
      readonly words: number;
      readonly lines: number;
      readonly keysSaved: number;
    }
  /** It is known whether a suggestion was right: whether its text is what came to stand there. */
  | { readonly kind: 'judged'; readonly languageId: string; readonly confidence: number; readonly right: boolean }
  | {
      readonly kind: 'kept';
      readonly languageId: string;
      readonly look: 0 | 1;
      readonly unchanged: boolean;
      readonly mostly: boolean;
    }
  | { readonly kind: 'took'; readonly ms: Readonly<Partial<Record<Stage, number>>> };

const zeros = (length: number): number[] => Array.from({ length }, () => 0);

export function noStatistics(): SuggestionStatistics {
  const times = Object.fromEntries(stages.map((stage) => [stage, zeros(histogramSize)]));
  return { version: 1, languages: {}, times: times as SuggestionStatistics['times'] };
}

function noCounts(): LanguageCounts {
  const look = { looked: 0, unchanged: 0, mostly: 0 };
  return {
    taken: 0, takenPartly: 0, typedOut: 0, typedOver: 0, left: 0, byWord: 0, byLine: 0, keysSaved: 0,
    after30s: look, after5min: look, judged: zeros(confidenceBins), right: zeros(confidenceBins),
  }; // prettier-ignore
}

/** The numbers after an event. */
export function fold(statistics: SuggestionStatistics, event: LearningEvent): SuggestionStatistics {
  if (event.kind === 'took') {
    const times = { ...statistics.times };
    for (const stage of stages) {
      const ms = event.ms[stage];
      if (ms !== undefined) times[stage] = plusOne(times[stage], histogramBin(ms));
    }
    return { ...statistics, times };
  }
  const language = nameFor(statistics, event.languageId);
  const before = statistics.languages[language] ?? noCounts();
  return { ...statistics, languages: { ...statistics.languages, [language]: counted(before, event) } };
}

function counted(counts: LanguageCounts, event: Exclude<LearningEvent, { kind: 'took' }>): LanguageCounts {
  switch (event.kind) {
    case 'outcome':
      return {
        ...counts,
        [event.fate]: counts[event.fate] + 1,
        byWord: counts.byWord + (event.words > 0 ? 1 : 0),
        byLine: counts.byLine + (event.lines > 0 ? 1 : 0),
        keysSaved: counts.keysSaved + event.keysSaved,
      };
    case 'judged': {
      const bin = Math.min(confidenceBins - 1, Math.max(0, Math.floor(event.confidence * confidenceBins)));
      return {
        ...counts,
        judged: plusOne(counts.judged, bin),
        right: event.right ? plusOne(counts.right, bin) : counts.right,
      };
    }
    case 'kept': {
      const name = event.look === 0 ? 'after30s' : 'after5min';
      const { looked, unchanged, mostly } = counts[name];
      return {
        ...counts,
        [name]: {
          looked: looked + 1,
          unchanged: unchanged + (event.unchanged ? 1 : 0),
          mostly: mostly + (event.mostly ? 1 : 0),
        },
      };
    }
  }
}

/** The numbers of two windows, or of before and since, together. */
export function merged(a: SuggestionStatistics, b: SuggestionStatistics): SuggestionStatistics {
  const languages: Record<string, LanguageCounts> = { ...a.languages };
  for (const [id, counts] of Object.entries(b.languages)) {
    const name = nameFor({ ...a, languages }, id);
    languages[name] = fading(sumOf(languages[name] ?? noCounts(), counts));
  }
  return { version: 1, languages, times: sumOf(a.times, b.times) };
}

/** All but what thresholds are learned from. */
export function withoutJudgements(statistics: SuggestionStatistics): SuggestionStatistics {
  const none = { judged: zeros(confidenceBins), right: zeros(confidenceBins) };
  const languages = Object.entries(statistics.languages).map(([id, counts]) => [id, { ...counts, ...none }]);
  return { ...statistics, languages: Object.fromEntries(languages) as SuggestionStatistics['languages'] };
}

function fading(counts: LanguageCounts): LanguageCounts {
  if (counts.judged.reduce((sum, one) => sum + one, 0) <= remembered) return counts;
  const half = (values: readonly number[]): number[] => values.map((one) => one / 2);
  return { ...counts, judged: half(counts.judged), right: half(counts.right) };
}

/** Sums of all numbers in two values of one shape. */
function sumOf<T>(a: T, b: T): T {
  if (typeof a === 'number') return (a + (b as number)) as T;
  if (Array.isArray(a)) return a.map((one: unknown, at) => sumOf(one, (b as unknown[])[at])) as T;
  const [left, right] = [a, b] as Record<string, unknown>[];
  return Object.fromEntries(Object.entries(left ?? {}).map(([key, one]) => [key, sumOf(one, right?.[key])])) as T;
}

/** What objects have by themselves, and what is left out of records for that. */
const taken = new Set([...Object.getOwnPropertyNames(Object.prototype), 'prototype']);

/** Identifiers of languages are the only words that are kept. */
function nameFor({ languages }: SuggestionStatistics, languageId: string): string {
  if (Object.hasOwn(languages, languageId)) return languageId;
  const fits = v.is(languageName, languageId) && !taken.has(languageId);
  return fits && Object.keys(languages).length < maxLanguages ? languageId : 'other';
}

function plusOne(values: readonly number[], at: number): number[] {
  return values.map((one, index) => (index === at ? one + 1 : one));
}

/** Each bin reaches √2 times as far as the one before; the first to 1 ms, the last to all above 12 minutes. */
function histogramBin(ms: number): number {
  return Math.min(histogramSize - 1, Math.max(0, Math.ceil(2 * Math.log2(Math.max(ms, 1)))));
}

/** A quantile of a histogram, milliseconds, up to a factor of √2 above 1 ms; undefined where it is empty. */
export function quantile(times: readonly number[], share: number): number | undefined {
  const total = times.reduce((sum, one) => sum + one, 0);
  if (total === 0) return undefined;
  let left = share * total;
  for (const [bin, one] of times.entries()) {
    if (one > 0 && left <= one) return between(bin, left / one);
    left -= one;
  }
  return 2 ** ((histogramSize - 1) / 2);
}

/** @param share 0…1, of the way through a bin */
function between(bin: number, share: number): number {
  return bin === 0 ? share : 2 ** ((bin - 1 + share) / 2);
}
