import { isTier } from './contenders';
import type { ContenderName } from './contenders';

/** Medians of one contender at one prompt length. Speeds in tokens per second. */
export interface Row {
  /** `m135` or `m500`. */
  readonly shape: string;
  readonly contender: ContenderName;
  readonly threads: number;
  readonly prompt: number;
  readonly loadMs: number;
  readonly residentBytes: number;
  /** Of those, what is in no file. */
  readonly ownBytes: number;
  readonly decode: number;
  readonly prefill: number;
  /** Processor time per token, of all threads: hardly changes with what else the machine does, at one thread. */
  readonly decodeCpuMs: number;
  readonly prefillCpuMs: number;
  /** Tokens per second if reading the weights were all there is to do. */
  readonly bound: number;
}

/** The middle value; the mean of the two middle ones of an even number. NaN of none. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const upper = Math.floor(sorted.length / 2);
  const at = (index: number) => sorted[index] ?? NaN;
  return sorted.length % 2 === 1 ? at(upper) : (at(upper - 1) + at(upper)) / 2;
}

/** Names of the others in what is written as JSON. */
const others = { llama: 'llama', transformers: 'tjs' } as const;
/** The way that decoders usually run, the same with weights that were kept packed, and the one without the native interface. */
const ours = { native: '', packed: '_packed', binding: '_stock' } as const;

/**
 * Ratios of ours to others at 512 tokens, by name: `decode_vs_llama_1t`, `prefill_vs_tjs_2t_stock`, `load_vs_llama`; of
 * another shape than the smallest or another length with that behind it: `decode_vs_llama_2t_m500_1024`.
 * Of other forms of the weights to the usual one: `decode_of_block128_2t`.
 * Speeds above 1 say that ours is faster; load and memory below 1 that ours takes less. `cpu` compares processor time.
 */
export function ratios(rows: readonly Row[]): Record<string, number> {
  const named: Record<string, number> = {};
  const put = (name: string, value: number) => {
    if (Number.isFinite(value)) named[name] = Math.round(value * 1000) / 1000;
  };
  for (const row of rows) {
    const usual = rows.find(
      (one) =>
        one.shape === row.shape &&
        one.contender === 'native' &&
        one.threads === row.threads &&
        one.prompt === row.prompt,
    );
    if (isTier(row.contender) && usual) {
      const place = `${row.contender}_${row.threads}t${row.shape === 'm135' ? '' : `_${row.shape}`}${row.prompt === 512 ? '' : `_${row.prompt}`}`;
      put(`decode_of_${place}`, row.decode / usual.decode);
      put(`prefill_of_${place}`, row.prefill / usual.prefill);
      put(`decode_cpu_of_${place}`, usual.decodeCpuMs / row.decodeCpuMs);
      put(`prefill_cpu_of_${place}`, usual.prefillCpuMs / row.prefillCpuMs);
      put(`rss_of_${place}`, row.residentBytes / usual.residentBytes);
    }
    const suffix = ours[row.contender as keyof typeof ours] as string | undefined;
    if (suffix === undefined) continue;
    const place = `${row.shape === 'm135' ? '' : `_${row.shape}`}${row.prompt === 512 ? '' : `_${row.prompt}`}`;
    put(`decode_of_bound_${row.threads}t${suffix}${place}`, row.decode / row.bound);
    for (const [contender, short] of Object.entries(others)) {
      const other = rows.find(
        (one) =>
          one.shape === row.shape &&
          one.contender === contender &&
          one.threads === row.threads &&
          one.prompt === row.prompt,
      );
      if (!other) continue;
      const threads = `${row.threads}t${suffix}${place}`;
      put(`decode_vs_${short}_${threads}`, row.decode / other.decode);
      put(`prefill_vs_${short}_${threads}`, row.prefill / other.prefill);
      put(`decode_cpu_vs_${short}_${threads}`, other.decodeCpuMs / row.decodeCpuMs);
      put(`prefill_cpu_vs_${short}_${threads}`, other.prefillCpuMs / row.prefillCpuMs);
      put(`load_vs_${short}${suffix}${place}`, row.loadMs / other.loadMs);
      put(`rss_vs_${short}${suffix}${place}`, row.residentBytes / other.residentBytes);
      put(`own_vs_${short}${suffix}${place}`, row.ownBytes / other.ownBytes);
    }
  }
  return named;
}

/** A table for people. */
export function table(rows: readonly Row[]): string {
  const head = [
    '',
    'shape',
    'threads',
    'prompt',
    'decode tok/s',
    'prefill tok/s',
    'of bound',
    'first ms',
    'decode cpu ms',
    'prefill cpu ms',
    'load ms',
    'MiB',
    'own MiB',
  ];
  const lines = rows.map((row) => [
    row.contender,
    row.shape,
    String(row.threads),
    String(row.prompt),
    row.decode.toFixed(1),
    row.prefill.toFixed(0),
    (row.decode / row.bound).toFixed(2),
    ((1000 * row.prompt) / row.prefill).toFixed(0),
    row.decodeCpuMs.toFixed(2),
    row.prefillCpuMs.toFixed(2),
    row.loadMs.toFixed(0),
    (row.residentBytes / 2 ** 20).toFixed(0),
    (row.ownBytes / 2 ** 20).toFixed(0),
  ]);
  return [head, ...lines]
    .map((cells) => cells.map((cell, at) => (at === 0 ? cell.padEnd(14) : cell.padStart(14))).join(''))
    .join('\n');
}
