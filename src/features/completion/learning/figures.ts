/** Turns what is kept of suggestions into what the page draws: sums, shares, quantiles and the fitted line. Pure functions. */
import type { LanguageFigures, StageFigures, SuggestionFigures } from '../messages';
import { calibrated, fitCalibration, learnedThreshold, middleOf } from './calibration';
import { merged, noStatistics, quantile, stages } from './statistics';
import type { LanguageCounts, SuggestionStatistics } from './statistics';

/** Points that the fitted line is drawn through. */
const curveSteps = 40;

/** @param wanted how sure a suggestion has to be by the settings, 0…1, for each language */
export function figuresOf(
  statistics: SuggestionStatistics,
  wanted: (languageId: string) => number,
): Omit<SuggestionFigures, 'isLearning'> {
  const languages = Object.entries(statistics.languages)
    .map(([id, counts]) => languageFigures(id, counts, wanted(id)))
    .sort((a, b) => shownOf(b) - shownOf(a));
  const all = together(statistics);
  return {
    languages: all === undefined ? [] : [languageFigures('', all), ...languages],
    times: timesOf(statistics),
  };
}

/** How long each stage took. */
export function timesOf({ times }: SuggestionStatistics): StageFigures[] {
  return stages.flatMap((stage) => stageFigures(stage, times[stage]));
}

/** Suggestions that were shown. */
function shownOf(counts: Pick<LanguageFigures, 'taken' | 'takenPartly' | 'typedOut' | 'typedOver' | 'left'>): number {
  return counts.taken + counts.takenPartly + counts.typedOut + counts.typedOver + counts.left;
}

function together({ languages, times }: SuggestionStatistics): LanguageCounts | undefined {
  let sum = noStatistics();
  for (const counts of Object.values(languages)) sum = merged(sum, { version: 1, times, languages: { all: counts } });
  return sum.languages.all;
}

function languageFigures(id: string, counts: LanguageCounts, wanted?: number): LanguageFigures {
  const { judged, right, ...rest } = counts;
  const fit = fitCalibration(counts);
  return {
    id,
    ...rest,
    ...(wanted !== undefined && { threshold: { wanted, learned: learnedThreshold(wanted, fit) } }),
    judged: fit.judged,
    points: judged.flatMap((n, bin) =>
      n === 0 ? [] : [{ confidence: middleOf(bin), judged: n, right: Math.min(1, (right[bin] ?? 0) / n) }],
    ),
    curve: Array.from({ length: curveSteps + 1 }, (_, step): [number, number] => {
      const confidence = step / curveSteps;
      return [confidence, calibrated(confidence, fit)];
    }),
  };
}

function stageFigures(stage: StageFigures['stage'], times: readonly number[]): StageFigures[] {
  const [p50, p95] = [quantile(times, 0.5), quantile(times, 0.95)];
  if (p50 === undefined || p95 === undefined) return [];
  return [{ stage, count: times.reduce((sum, one) => sum + one, 0), p50, p95 }];
}
