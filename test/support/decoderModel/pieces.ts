import type { Network } from '../../../src/engine/decoder/network';

/** The logits behind each piece of a text, of so many rows, each run behind the one before. */
export async function logitsOfPieces(
  network: Network,
  ids: Int32Array,
  pieces: readonly number[],
): Promise<Float32Array[]> {
  const cache = network.createCache();
  const found: Float32Array[] = [];
  let past = 0;
  for (const rows of pieces) {
    found.push((await network.run(cache, ids, { past, rows })).slice());
    past += rows;
  }
  return found;
}
