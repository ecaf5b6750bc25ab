import type { EngineClient } from '../../src/engine/client';
import { completeParams } from './engine';

/** What of the requests the engine needs to come to rest: caches fill, code is compiled. */
const warmUpShare = 0.25;
const sampleEvery = 50;

export interface SoakResult {
  readonly requests: number;
  /** Resident memory behind the warm-up and at the end, bytes. */
  readonly firstBytes: number;
  readonly lastBytes: number;
  /** Of the line through all samples behind the warm-up. */
  readonly bytesPerRequest: number;
}

/** Asks for completions of ever different texts, some of them cancelled, and watches the memory of the engine. */
export async function soak(client: EngineClient, requests: number, onSample: (done: number, bytes: number) => void = () => {}): Promise<SoakResult> {
  const samples: { done: number; bytes: number }[] = [];
  for (let done = 0; done < requests; done++) {
    const lines = Array.from({ length: 1 + (done % 23) }, (_, line) => `const value${done}_${line} = compute(${done * line});\n`);
    const cancelled = done % 7 === 6;
    const aborted = new AbortController();
    const asked = client.request('complete', completeParams({ path: `src/file${done % 5}.ts`, prefix: `${lines.join('')}const next = `, suffix: '', maxTokens: 4 }), {
      priority: done % 11 === 0 ? 'summarize' : 'completion', signal: aborted.signal,
    });
    if (cancelled) setTimeout(() => aborted.abort(), 1);
    await asked.catch((error: unknown) => {
      if (!cancelled) throw error;
    });
    if (done % sampleEvery !== 0) continue;
    const { residentBytes } = await client.request('status', {}, { priority: 'completion' });
    onSample(done, residentBytes);
    if (done >= warmUpShare * requests) samples.push({ done, bytes: residentBytes });
  }
  return { requests, firstBytes: samples[0]?.bytes ?? 0, lastBytes: samples.at(-1)?.bytes ?? 0, bytesPerRequest: slope(samples) };
}

/** Least squares. */
function slope(samples: readonly { done: number; bytes: number }[]): number {
  const mean = (of: (one: { done: number; bytes: number }) => number) => samples.reduce((sum, one) => sum + of(one), 0) / samples.length;
  const [x, y] = [mean(({ done }) => done), mean(({ bytes }) => bytes)];
  const [above, below] = [mean(({ done, bytes }) => (done - x) * (bytes - y)), mean(({ done }) => (done - x) ** 2)];
  return below === 0 ? 0 : above / below;
}
