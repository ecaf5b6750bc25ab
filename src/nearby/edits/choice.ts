/**
 * Weighs the evidence of a place into the probability that the user makes the edit there; used to suggest the next edit. The
 * weights are fitted by `npm run bench -- next-edit --fit`.
 */
import { probability } from '../../common/statistics/logit';
import type { Evidence } from './evidence';

/** Of a logistic regression. */
export type EvidenceWeights = Readonly<Record<string, number>>;

const fitted: EvidenceWeights = {
  age: -0.113,
  isOlder: 0.311,
  isDue: -0.24,
  isOverdue: -0.223,
  follows: 0.011,
  shareFollows: 0.562,
  isCurrentFile: 0.906,
  isBehindCurrent: -2.888,
  fromCurrent: 0.087,
  bias: -7.527,
  exactLeft: 0.627,
  exactRight: -0.744,
  alignedLeft: 0.484,
  alignedRight: 0.905,
  isLineLeft: -0.18,
  isLineRight: 0.141,
  isLine: 0.445,
  isAlignedLine: -0.173,
  shareOfLine: -0.026,
  exactRemoved: 0.792,
  renames: -0.501,
  renamesInserted: -0.085,
  renamesRemoved: 0.869,
  isSameFile: 1.223,
  distance: -0.12,
  isSameLanguage: 1.704,
  isSameOpening: 0.271,
  isSameBefore: -0.802,
  isSameBehind: 0.631,
  isSameComment: 1.019,
  longestRemoved: 0.652,
  removed: -0.637,
  inserted: -0.912,
  insertedFromElsewhere: 0.31,
  newNames: 0.159,
  hasNewNames: -0.869,
  isInsertion: 1.592,
  isDeletion: -0.941,
  isInsertedLine: -0.274,
  isRename: -1.932,
  isRenameToNew: 2.285,
  isLiteral: 0.563,
  isImport: -0.927,
  lines: -0.954,
  isSigns: -0.991,
  isComment: 0.424,
  likeness: 0.369,
  placesInFile: 0.065,
  isNext: -0.101,
  keptExchanged: -0.51,
  places: -0.469,
  betterPlaces: -0.014,
  made: 0.71,
  isRepeated: -0.27,
  isRepeatedTwice: -0.569,
  passed: 0.426,
  shareMade: 1.886,
  overMade: -0.084,
  isCommon: 0.869,
  commonOpen: 0.041,
  commonPassed: -0.254,
  overPassed: 0.167,
  isAhead: 0.211,
  order: -0.126,
};

/** Probability in 0…1 that the user makes the edit there. */
export const confidenceOf = (evidence: Evidence, weights: EvidenceWeights = fitted): number =>
  probability(
    Object.values(evidence),
    Object.keys(evidence).map((name) => weights[name] ?? 0),
  );
