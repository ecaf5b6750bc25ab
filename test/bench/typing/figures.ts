/** What the typing benchmark tells of one row: times, tokens, what was shown and what was taken. Used by `main.ts`; runs nothing. */
import { distribution } from '../../../src/cli/distribution';
import type { Timings } from '../../../src/ipc/engine/protocol';

/** After what is shown, it is asked whether the next text is there: after so long. Milliseconds. */
export const waits = [250, 500, 1_000] as const;

/** What one key cost. */
interface KeyCost {
  /** The first key after a jump; all others go on where the last one was. */
  readonly isNew: boolean;
  readonly ms: number;
  /** Tokens of the prompt that were run. */
  readonly prefilled: number;
  readonly isShown: boolean;
}

/** Times and tokens of some of the keys. */
function costs(name: string, keys: readonly KeyCost[]): Record<string, number> {
  const times = distribution(keys.map(({ ms }) => ms));
  const shown = distribution(keys.filter(({ isShown }) => isShown).map(({ ms }) => ms));
  const tokens = distribution(keys.map(({ prefilled }) => prefilled));
  return {
    [`${name}_keys`]: keys.length,
    [`${name}_ms_p50`]: times.p50,
    [`${name}_ms_p95`]: times.p95,
    [`${name}_shown_ms_p50`]: shown.p50,
    [`${name}_shown_ms_p95`]: shown.p95,
    [`${name}_prefilled_tokens_p50`]: tokens.p50,
    [`${name}_prefilled_tokens_p95`]: tokens.p95,
  };
}

/** What is told of the keys of one row. */
export class Figures {
  /** @param isKept whether anything is kept of what was read: without that, all of a prompt is read */
  constructor(private readonly isKept: boolean) {}

  readonly times: number[] = [];
  readonly each: KeyCost[] = [];
  readonly prefilled: number[] = [];
  readonly read: number[] = [];
  readonly ready = new Map<number, boolean[]>(waits.map((ms) => [ms, []]));
  keys = 0;
  late = 0;
  unasked = 0;
  known = 0;
  copied = 0;
  written = 0;
  shown = 0;
  wrong = 0;
  /** Of those that are shown, those that a deletion was answered with. */
  deleting = 0;
  taken = 0;
  saved = 0;

  /** An answer, how long it took and how long the person waited before the next key: milliseconds. */
  note(ms: number, pauseMs: number, run: Timings | undefined, key: Pick<KeyCost, 'isNew' | 'isShown'>): void {
    this.times.push(ms);
    const prefilled = run === undefined ? 0 : run.prefillTokens + (this.isKept ? 0 : run.reusedTokens);
    this.each.push({ ...key, ms, prefilled });
    if (ms > pauseMs) this.late++;
    if (run === undefined) this.known++;
    else if (run.prefillTokens + run.reusedTokens === 0) this.copied++;
    else {
      this.written++;
      this.prefilled.push(run.prefillTokens);
      this.read.push(run.prefillTokens + run.reusedTokens);
    }
  }

  /** @param seconds of processor */
  numbers(seconds: number): Record<string, number> {
    const { p50, p95 } = distribution(this.times);
    const tokens = [
      ...(this.isKept ? this.prefilled : this.read),
      ...Array.from({ length: this.keys - this.written }, () => 0),
    ];
    const perKey = distribution(tokens);
    const written = distribution(this.isKept ? this.prefilled : this.read);
    const share = (count: number, of: number): number => count / Math.max(1, of);
    return {
      keys: this.keys,
      key_ms_p50: p50,
      key_ms_p95: p95,
      key_ms_p99: this.times.toSorted((a, b) => a - b)[Math.ceil(0.99 * this.times.length) - 1] ?? 0,
      ...costs(
        'going_on',
        this.each.filter(({ isNew }) => !isNew),
      ),
      ...costs(
        'new_place',
        this.each.filter(({ isNew }) => isNew),
      ),
      late_share: share(this.late, this.keys),
      unasked_share: share(this.unasked, this.keys),
      known_share: share(this.known, this.keys),
      copied_share: share(this.copied, this.keys),
      written_share: share(this.written, this.keys),
      prefilled_tokens_p50: perKey.p50,
      prefilled_tokens_p95: perKey.p95,
      prefilled_tokens_written_p50: written.p50,
      prefilled_tokens_written_p95: written.p95,
      processor_s_per_1000_keys: (seconds * 1_000) / this.keys,
      keys_saved_share: share(this.saved, this.keys + this.saved),
      shown: this.shown,
      shown_wrong_share: share(this.wrong, this.shown),
      shown_while_deleting: this.deleting,
      taken: this.taken,
    };
  }
}
