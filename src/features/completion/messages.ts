/** What the page *Your Suggestions* and its host say to each other: numbers, and the identifiers of languages. */
import * as v from 'valibot';
import { count } from '../../common/schemas';
import type { PageProtocol } from '../../ipc/pages/protocol';

const share = v.pipe(v.number(), v.minValue(0), v.maxValue(1));
const amount = v.pipe(v.number(), v.minValue(0));

const looked = v.strictObject({ looked: count, unchanged: count, mostly: count });

const language = v.strictObject({
  /** Its identifier; empty for all languages together. */
  id: v.string(),
  taken: count,
  takenPartly: count,
  typedOut: count,
  typedOver: count,
  left: count,
  byWord: count,
  byLine: count,
  keysSaved: count,
  after30s: looked,
  after5min: looked,
  /** How sure a suggestion has to be; `learned` is what the setting wants where nothing was learned. Absent for all together. */
  threshold: v.optional(v.strictObject({ wanted: share, learned: share })),
  judged: amount,
  /** By stretches of confidence: the middle of each, how many were judged, and the share that was right. Empty ones are left out. */
  points: v.array(v.strictObject({ confidence: share, judged: amount, right: share })),
  /** The fitted line through them. */
  curve: v.array(v.tuple([share, share])),
});
/** The numbers of one language, as they are drawn. */
export type LanguageFigures = v.InferOutput<typeof language>;

const times = v.strictObject({
  stage: v.picklist(['known', 'copied', 'written', 'read', 'decode']),
  count,
  /** Milliseconds. */
  p50: amount,
  p95: amount,
});
/** How long one stage took. */
export type StageFigures = v.InferOutput<typeof times>;

const figures = v.strictObject({
  /** Whether the setting lets anything be counted. */
  isLearning: v.boolean(),
  /** All together first, then each, the most used first; empty where nothing was counted. */
  languages: v.array(language),
  times: v.array(times),
});
/** All that the page shows. */
export type SuggestionFigures = v.InferOutput<typeof figures>;

export const suggestionsProtocol = {
  requests: {
    figures: { params: v.strictObject({}), result: figures },
    /** Saves them through a dialog. @returns the name of the file; absent where the user changed their mind */
    export: { params: v.strictObject({}), result: v.strictObject({ name: v.optional(v.string()) }) },
    /** Thresholds are those of the settings again. */
    reset: { params: v.strictObject({}), result: v.strictObject({}) },
    /** Removes all numbers; the page has asked whether that is meant. */
    delete: { params: v.strictObject({}), result: v.strictObject({}) },
  },
  notifications: { openSettings: v.strictObject({}) },
  events: {
    /** There are other numbers than before. */
    changed: v.strictObject({}),
  },
} satisfies PageProtocol;
export type SuggestionsProtocol = typeof suggestionsProtocol;
