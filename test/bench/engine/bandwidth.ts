import { Worker } from 'node:worker_threads';

const bytes = 256 * 2 ** 20;
const rounds = 6;

/** Copies a buffer that no cache holds, again and again, and tells the shortest time, milliseconds. */
const copier = `
  const { parentPort, workerData: { bytes, rounds } } = require('node:worker_threads');
  const [from, to] = [Buffer.alloc(bytes, 1), Buffer.alloc(bytes, 2)];
  const times = Array.from({ length: rounds }, () => {
    const started = performance.now();
    from.copy(to);
    return performance.now() - started;
  });
  parentPort.postMessage(Math.min(...times));`;

/**
 * How fast this machine moves memory, in bytes a second read and written, with as many threads as the models have.
 */
export async function measureBandwidth(threads: number): Promise<number> {
  const times = await Promise.all(
    Array.from(
      { length: threads },
      () =>
        new Promise<number>((resolve, reject) => {
          const worker = new Worker(copier, { eval: true, workerData: { bytes, rounds } });
          worker.on('message', resolve);
          worker.on('error', reject);
        }),
    ),
  );
  return times.reduce((sum, ms) => sum + (2 * bytes * 1000) / ms, 0);
}
