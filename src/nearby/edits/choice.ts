/**
 * Weighs the evidence of a place into the probability that the user makes the edit there; used to suggest the next edit. The
 * weights are fitted by `npm run bench -- next-edit --fit`.
 */
import { probability } from '../../common/statistics/logit';
import type { Evidence } from './evidence';

/** Of a logistic regression. */
export type EvidenceWeights = Readonly<Record<string, number>>;

const fitted: EvidenceWeights = {
  bias: -4.186,
  exactLeft: 0.533,
  exactRight: 0.349,
  alignedLeft: 0.01,
  alignedRight: 0.093,
  isLineLeft: 0.448,
  isLineRight: 0.114,
  isLine: 0.267,
  isAlignedLine: 0.043,
  shareOfLine: -0.608,
  exactRemoved: 0.518,
  renames: -0.047,
  renamesInserted: -0.526,
  renamesRemoved: 0.207,
  isSameFile: 2.287,
  distance: -0.189,
  isSameLanguage: -2.315,
  isSameOpening: 0.188,
  longestRemoved: 0.252,
  removed: -0.461,
  inserted: -0.787,
  insertedFromElsewhere: 0.376,
  newNames: -0.015,
  hasNewNames: -0.832,
  isInsertion: 0.64,
  isDeletion: -0.732,
  isInsertedLine: -1.24,
  isRename: -0.779,
  isRenameToNew: 1.495,
  isLiteral: -0.836,
  isImport: -0.406,
  lines: -0.361,
  isSigns: -0.47,
  isComment: -0.077,
  likeness: 1.992,
  places: -0.295,
  betterPlaces: -0.016,
  made: 0.254,
  isRepeated: 0.338,
  isRepeatedTwice: -0.022,
  passed: 0.327,
  shareMade: 2.155,
  overMade: 0.039,
  isCommon: 0.801,
  commonOpen: 0.01,
  commonPassed: -0.223,
  overPassed: 0.329,
  isAhead: 2.251,
  order: 0.335,
};

/** Probability in 0…1 that the user makes the edit there. */
export const confidenceOf = (evidence: Evidence, weights: EvidenceWeights = fitted): number =>
  probability(
    Object.values(evidence),
    Object.keys(evidence).map((name) => weights[name] ?? 0),
  );
