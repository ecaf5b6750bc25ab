/**
 * How long each method may take, where its caller says nothing else: so that whatever happens in the engine, each request
 * has an end. Most of it is waiting for a model to be opened, and for what is more urgent.
 */
import type { Method, Params } from './protocol';

const minute = 60_000;
/** Answered from what is there. */
const quick = minute;
/** Needs a model, which may have to be opened first. */
const usual = 15 * minute;
/** Writes as much as was asked for, on slow processors a token or two a second. */
const writing = 30 * minute;

/** Milliseconds. */
export const deadlines: Readonly<Record<Method, number>> = {
  load: usual,
  describe: quick,
  complete: usual,
  generate: writing,
  likelihood: usual,
  tokenize: usual,
  embed: usual,
  status: quick,
  capture: usual,
  thumbnails: usual,
  tile: usual,
  weights: usual,
  headScores: usual,
  probabilities: usual,
  provenance: usual,
  causal: usual,
  recordCapture: usual,
  release: quick,
  similarity: usual,
};

/** What the engine may die of in a request, each by itself: texts that are embedded together are listed one by one. */
export function contentsOf<M extends Method>(method: M, params: Params<M>): unknown[] {
  if (method !== 'embed') return [[method, params]];
  const { texts, ...others } = params as Params<'embed'>;
  return texts.map((text) => [method, others, text]);
}
