/**
 * How positions are rotated into queries and keys, as `config.json` of a decoder says it in any of its spellings; used by
 * `decoderConfig.ts`. Methods of stretching that depend on the length of a text are refused. Formulas: `modeling_rope_utils.py` of
 * https://github.com/huggingface/transformers.
 */
import * as v from 'valibot';
import type { AttentionWindow, DecoderShape } from '../decoderWeights';

const number = v.nullish(v.pipe(v.number(), v.finite(), v.gtValue(0)));
const rotation = v.object({
  rope_theta: number,
  rope_type: v.nullish(v.string()),
  /** The older name of the same. */
  type: v.nullish(v.string()),
  factor: number,
  low_freq_factor: number,
  high_freq_factor: number,
  original_max_position_embeddings: number,
  partial_rotary_factor: number,
});
type Rotation = v.InferOutput<typeof rotation>;

/** Of `config.json`: from version 5 of transformers on all in one, and of two kinds of layers where there are windows. */
export const rotationKeys = {
  rope_theta: number,
  rope_local_base_freq: number,
  partial_rotary_factor: number,
  rope_scaling: v.nullish(rotation),
  rope_parameters: v.nullish(
    v.union([v.object({ full_attention: rotation, sliding_attention: v.nullish(rotation) }), rotation]),
  ),
} as const;
type RotationKeys = v.InferOutput<v.ObjectSchema<typeof rotationKeys, undefined>>;

type Frequencies = Pick<DecoderShape, 'ropeBase' | 'ropeFactors'>;

/**
 * Of layers that look back all the way, and of those with a window.
 *
 * @throws {Error} what `refuse` makes of the reason
 */
export function readRotations(
  config: RotationKeys,
  family: { readonly headSize: number; readonly ropeBase?: number; readonly windowRopeBase?: number },
  refuse: (what: string) => Error,
): { readonly all: Frequencies; readonly window: Pick<AttentionWindow, 'ropeBase' | 'ropeFactors'> } {
  const { rope_parameters: parameters, rope_scaling: scaling } = config;
  const nested = parameters && 'full_attention' in parameters ? parameters : undefined;
  const flat = parameters && !('full_attention' in parameters) ? parameters : undefined;
  const common = { ...scaling, ...flat };
  const share = (one: Rotation) => one.partial_rotary_factor ?? config.partial_rotary_factor ?? 1;
  const read = (one: Rotation, base: number): Frequencies => {
    if (share(one) !== 1) throw refuse('its heads are rotated in part');
    const ropeBase = one.rope_theta ?? base;
    const ropeFactors = factorsOf(one, { headSize: family.headSize, ropeBase }, refuse);
    return { ropeBase, ...(ropeFactors && { ropeFactors }) };
  };
  const all = read(nested?.full_attention ?? common, config.rope_theta ?? family.ropeBase ?? 10_000);
  if (family.windowRopeBase === undefined && !nested?.sliding_attention) return { all, window: all };
  const near = config.rope_local_base_freq ?? family.windowRopeBase ?? all.ropeBase;
  return { all, window: read(nested?.sliding_attention ?? {}, near) };
}

/** What each of the headSize / 2 frequencies is divided by; `undefined` where none is. */
function factorsOf(
  { rope_type, type, factor, ...more }: Rotation,
  { headSize, ropeBase }: { readonly headSize: number; readonly ropeBase: number },
  refuse: (what: string) => Error,
): Float32Array | undefined {
  const method = rope_type ?? type ?? 'default';
  if (method === 'default') return undefined;
  const needed = (value: number | null | undefined): number => {
    if (value === null || value === undefined)
      throw refuse(`config.json does not say how far its context is stretched by the method ${method}`);
    return value;
  };
  if (method === 'linear') return new Float32Array(headSize / 2).fill(needed(factor));
  if (method !== 'llama3')
    throw refuse(`its context is stretched by the method ${JSON.stringify(method.slice(0, 40))}`);
  const [low, high] = [needed(more.low_freq_factor), needed(more.high_freq_factor)];
  const length = needed(more.original_max_position_embeddings);
  return Float32Array.from({ length: headSize / 2 }, (_, at) => {
    const wavelength = 2 * Math.PI * ropeBase ** ((2 * at) / headSize);
    if (wavelength > length / low) return needed(factor);
    if (wavelength < length / high) return 1;
    const part = (length / wavelength - low) / (high - low);
    return 1 / ((1 - part) / needed(factor) + part);
  });
}
