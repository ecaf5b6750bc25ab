/**
 * What a test found about one model on one accelerator, and the rules for using it by request or by default; used by
 * `judge.ts`, `probe.ts`, `devices.ts` and `verdictFile.ts`.
 */
import * as v from 'valibot';
import { providerNames } from '../../../ipc/engine/devices';

const milliseconds = v.pipe(v.number(), v.minValue(0));

/** What a test has found about a model on an accelerator. */
export const verdictSchema = v.strictObject({
  provider: v.picklist(providerNames),
  /** As its driver calls itself; empty where that is not known. */
  adapter: v.string(),
  /** A processor that pretends to be an accelerator. */
  software: v.boolean(),
  /** Rows of the longest runs that are right; 0 where the accelerator is not to be used for this model. */
  maxRows: v.pipe(v.number(), v.integer(), v.minValue(0)),
  /** Largest error of the logits over the runs that are used, as a share of their spread. */
  error: v.nullable(v.pipe(v.number(), v.minValue(0))),
  /** How long the same short completion takes on the processor and on the accelerator. Absent where it was not tried. */
  cpuMs: v.optional(milliseconds),
  deviceMs: v.optional(milliseconds),
  /** Why `maxRows` is 0, as the end of a sentence. */
  reason: v.optional(v.string()),
});
export type ProviderVerdict = v.InferOutput<typeof verdictSchema>;

/** Whether a model runs right there, if slowly. */
export const isRight = ({ maxRows }: ProviderVerdict): boolean => maxRows > 0;

/** Whether a model is to run there where the user has left the choice to us. */
export function isBetter(verdict: ProviderVerdict): boolean {
  const { cpuMs = 0, deviceMs = Infinity } = verdict;
  return isRight(verdict) && !verdict.software && deviceMs < cpuMs;
}

/** Why a model does not run there where the user has left the choice to us, as the end of a sentence. */
export function whyNot(verdict: ProviderVerdict): string | undefined {
  if (isBetter(verdict)) return undefined;
  if (!isRight(verdict)) return verdict.reason ?? 'its results differ from those of the processor';
  if (verdict.software) return 'it is a processor that pretends to be an accelerator';
  return `it takes ${Math.round(verdict.deviceMs ?? NaN)} ms where the processor takes ${Math.round(verdict.cpuMs ?? NaN)} ms`;
}
