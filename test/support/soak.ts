import type { EngineClient } from '../../src/ipc/engine/client';
import { completeParams } from './engine';

/** Until then caches fill: that of the tokenizer takes more than two thousand requests of ever new words. */
const warmUpShare = 0.4;
const sampleEvery = 50;

export interface SoakResult {
  readonly requests: number;
  /** Resident memory before the first request, bytes. */
  readonly startBytes: number;
  /**
   * The least resident memory in the first and in the last third of the samples behind the warm-up. The least, since
   * memory goes up and down with garbage that is there for a while: what it never falls below is what is held.
   */
  readonly firstBytes: number;
  readonly lastBytes: number;
  readonly peakBytes: number;
}

/** Asks for completions of ever different texts, some of them cancelled, and watches the memory of the engine. */
export async function soak(
  client: EngineClient,
  requests: number,
  onSample: (done: number, bytes: number) => void = () => {},
): Promise<SoakResult> {
  const samples: { done: number; bytes: number }[] = [];
  for (let done = 0; done < requests; done++) {
    const lines = Array.from(
      { length: 1 + (done % 23) },
      (_, line) => `const value${done}_${line} = compute(${done * line});\n`,
    );
    const cancelled = done % 7 === 6;
    const aborted = new AbortController();
    const asked = client.request(
      'complete',
      completeParams({
        path: `src/file${done % 5}.ts`,
        prefix: `${lines.join('')}const next = `,
        suffix: '',
        maxTokens: 4,
      }),
      {
        priority: done % 11 === 0 ? 'summarize' : 'completion',
        signal: aborted.signal,
      },
    );
    if (cancelled) setTimeout(() => aborted.abort(), 1);
    await asked.catch((error: unknown) => {
      if (!cancelled) throw error;
    });
    if (done % sampleEvery !== 0) continue;
    const { residentBytes } = await client.request('status', {}, { priority: 'completion' });
    onSample(done, residentBytes);
    samples.push({ done, bytes: residentBytes });
  }
  const within = (from: number, to: number) =>
    samples.filter(({ done }) => done >= from * requests && done < to * requests).map(({ bytes }) => bytes);
  const third = (1 - warmUpShare) / 3;
  return {
    requests,
    startBytes: samples[0]?.bytes ?? 0,
    firstBytes: Math.min(...within(warmUpShare, warmUpShare + third)),
    lastBytes: Math.min(...within(1 - third, 1)),
    peakBytes: Math.max(...within(0, 1)),
  };
}
