import { setImmediate as nextTurn } from 'node:timers/promises';
import { Decoder } from '../../../src/engine/decoder/decoder';
import { readGraph } from '../../../src/engine/decoder/graph';
import { Network } from '../../../src/engine/decoder/network';
import { openDecoderSession } from '../../../src/engine/decoder/open';
import type { Backend } from '../../../src/engine/decoder/open';
import { EngineError } from '../../../src/ipc/engine/errors';
import type { DecoderFolder } from '../../../src/modelFolder/layouts/types';
import { folderOf } from '../../support/decoderModel/folder';
import type { DecoderShape } from '../../support/decoderModel/shape';
import { createRandom } from '../../support/random';
import { median } from './report';

const appended = 16;
const rounds = 7;
const usual = { stopIds: new Set<number>(), forbiddenIds: [] };
/** What the engine does between two runs, without anybody else's requests. */
const pause = async () => (await nextTurn(), undefined);

/**
 * How long a request takes that appends to a long text, and one that is cancelled in the middle of its prompt:
 * `append_ms`, such a request from its start to its first token, `append_vs_bare`, that as a share of one bare run of as
 * many rows behind as many that are cached, and `cancel_ms`, from when a cancellation comes in to the end of the request:
 * the median of several all over the prompt, and the longest. `_stock` is without the native interface.
 */
export async function latency(graph: string, shape: DecoderShape, threads: number): Promise<Record<string, number>> {
  const folder = folderOf(graph, shape);
  const found: Record<string, number> = {};
  for (const [backend, suffix] of [
    ['auto', ''],
    ['binding', '_stock'],
  ] as const) {
    const { append, appendMs, cancelMs } = await measure(folder, shape, threads, backend);
    const rounded = (ms: number) => Math.round(ms * 10) / 10;
    found[`append_vs_bare_${threads}t${suffix}`] = Math.round(append * 1000) / 1000;
    found[`append_ms_${threads}t${suffix}`] = rounded(appendMs);
    found[`cancel_ms_${threads}t${suffix}`] = rounded(median(cancelMs));
    found[`cancel_longest_ms_${threads}t${suffix}`] = rounded(Math.max(...cancelMs));
  }
  return found;
}

async function measure(
  folder: DecoderFolder,
  shape: DecoderShape,
  threads: number,
  backend: Backend,
): Promise<{ append: number; appendMs: number; cancelMs: readonly number[] }> {
  const { session, cacheForm } = await openDecoderSession(folder, { threads, backend });
  const random = createRandom(3);
  const ids = (count: number) => Array.from({ length: count }, () => Math.floor(random() * shape.vocabulary));
  const long = ids(shape.contextLength - 1 - appended);
  try {
    const decoder = new Decoder(session, folder, cacheForm, { remembers: false });
    await decoder.generate({ ...usual, prompt: long, maxTokens: 1 }, pause);
    const network = new Network(session, readGraph(session, folder, cacheForm), shape.contextLength);
    const cache = network.createCache();
    // Rows that hold nothing cost what others do.
    await network.run(cache, Int32Array.from([...long, ...ids(appended)]), { past: 0, rows: 2 });
    cache.feeds(2, shape.contextLength - 3);

    const times: { request: number; bare: number }[] = [];
    for (let round = 0; round <= rounds; round++) {
      const text = [...long, ...ids(appended)];
      const started = performance.now();
      await network.run(cache, Int32Array.from(text), { past: long.length, rows: appended });
      const bare = performance.now() - started;
      const asked = performance.now();
      await decoder.generate({ ...usual, prompt: text, maxTokens: 1 }, pause);
      // The first warms up.
      if (round > 0) times.push({ request: performance.now() - asked, bare });
    }
    const waits: number[] = [];
    // From its last seventh to its first, since each round leaves less in the cache.
    for (let round = 0; round < rounds; round++) {
      const cached = long.slice(0, Math.floor((long.length * (rounds - 1 - round)) / rounds));
      waits.push(await cancelled(decoder, [...cached, ...ids(long.length - cached.length)], 150 + 40 * round));
    }
    const appendMs = median(times.map(({ request }) => request));
    return { append: appendMs / median(times.map(({ bare }) => bare)), appendMs, cancelMs: waits };
  } finally {
    await session.dispose();
  }
}

/** From when a cancellation comes in, so many milliseconds behind the start, to the end of the request: milliseconds. */
async function cancelled(decoder: Decoder, prompt: readonly number[], afterMs: number): Promise<number> {
  const controller = new AbortController();
  const comesIn = performance.now() + afterMs;
  setTimeout(() => controller.abort(), afterMs);
  const step = async () => {
    await nextTurn();
    if (controller.signal.aborted) throw new EngineError('cancelled', 'The request is no longer wanted.');
    return controller.signal;
  };
  const ended = await decoder.generate({ ...usual, prompt, maxTokens: 1 }, step).then(
    () => true,
    () => false,
  );
  if (ended) throw new Error('The prompt was done before it could be cancelled.');
  return performance.now() - comesIn;
}
