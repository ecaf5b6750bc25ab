/** The method `likelihood`: how probable a decoder finds texts at one place, to choose between them. */
import * as v from 'valibot';
import { count } from './parts';

/** UTF-16 units of each text: all of them are tokenized in one step. */
const maxLength = 4_096;
/** Each is run by itself. */
const maxTexts = 8;

const text = v.pipe(v.string(), v.maxLength(maxLength));

export const likelihoodParams = v.strictObject({
  /** Absolute path of the folder of a decoder. */
  model: v.string(),
  /** What stands before the place. */
  before: text,
  /** What may stand there. */
  texts: v.pipe(v.array(text), v.minLength(1), v.maxLength(maxTexts)),
  /** What stands behind it; the first tokens are judged. */
  behind: text,
});
export type LikelihoodParams = v.InferOutput<typeof likelihoodParams>;

const textLikelihood = v.strictObject({
  /** Natural logarithm of the probability of the text's tokens, from where the texts differ on. */
  logprob: v.number(),
  /** How many tokens these are. */
  tokens: count,
  /** The same of the tokens behind the text, and how many these are. */
  followed: v.number(),
  followingTokens: count,
});
export type TextLikelihood = v.InferOutput<typeof textLikelihood>;

/** In the order of the texts. */
export const likelihoodResult = v.strictObject({ texts: v.array(textLikelihood) });

export const likelihoodMethods = {
  /** @throws {EngineError} `modelInvalid` where the model is no decoder, `invalid` where the texts do not fit its context */
  likelihood: { params: likelihoodParams, result: likelihoodResult, event: v.never() },
} as const;
