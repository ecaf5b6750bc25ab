/** Numbers in [0, 1), the same for the same seed on every machine: Park and Miller's minimal standard generator. */
export function createRandom(seed: number): () => number {
  let state = (seed % 2_147_483_646) + 1;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}
