import * as v from 'valibot';

/** A text as the tokenizer sees it, and where its parts come from. */
export interface Normalized {
  readonly text: string;
  /**
   * Offset in the source (UTF-16 units) of an offset in `text`, or −1 where the two have no common boundary, such as
   * inside a letter that was composed.
   */
  sourceOffset(offset: number): number;
}

/** The ways of normalising that are understood; `Sequence` of none is written by some converters. */
export const normalizer = v.union([
  v.object({ type: v.literal('NFC') }),
  v.object({ type: v.literal('Sequence'), normalizers: v.array(v.object({ type: v.literal('NFC') })) }),
]);
export type Normalizer = (text: string) => Normalized;

export function createNormalizer(config: v.InferOutput<typeof normalizer> | null | undefined): Normalizer {
  const composes = config && (config.type === 'NFC' || config.normalizers.length > 0);
  return composes ? compose : unchanged;
}

const unchanged: Normalizer = (text) => ({ text, sourceOffset: (offset) => offset });

/**
 * A code point and all that may compose with it: marks, and the vowels and final consonants of Korean. Finer than
 * needed in no case that matters, and checked against the normalisation of the whole.
 */
const composingRun = /[^][\p{M}\u1160-\u11ff]*/gu;

const compose: Normalizer = (source) => {
  const text = source.normalize('NFC');
  if (text === source) return unchanged(source);

  const runs = Array.from(source.matchAll(composingRun), ([run]) => ({ run, composed: run.normalize('NFC') }));
  const separable = runs.map(({ composed }) => composed).join('') === text;
  const parts = separable ? runs : [{ run: source, composed: text }];

  const offsets = new Int32Array(text.length + 1).fill(-1);
  offsets[0] = 0;
  let from = 0;
  let to = 0;
  for (const { run, composed } of parts) {
    if (run === composed) for (let i = 1; i < run.length; i++) offsets[to + i] = from + i;
    from += run.length;
    to += composed.length;
    offsets[to] = from;
  }
  return { text, sourceOffset: (offset) => offsets[offset] ?? -1 };
};
