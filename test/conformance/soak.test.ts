import assert from 'node:assert/strict';
import { startEngine } from '../support/engine';
import { slope, soak } from '../support/soak';

/** The heap's own tides over a run this short; a leak of one prompt's cache a request would be a hundred times as much. */
const mostBytesPerRequest = 20_000;

it('the engine’s memory stays flat over many requests', async () => {
  const { client } = startEngine();
  try {
    const { bytesPerRequest, firstBytes, lastBytes } = await soak(client, 800);
    console.log(`      ${(firstBytes / 2 ** 20).toFixed(0)} → ${(lastBytes / 2 ** 20).toFixed(0)} MiB, ${Math.round(bytesPerRequest)} bytes a request`);
    assert.ok(bytesPerRequest < mostBytesPerRequest, `${bytesPerRequest} bytes a request`);
  } finally {
    client.dispose();
  }
});

it('a leak would be seen', () => {
  const leaking = Array.from({ length: 10 }, (_, at) => ({ done: 50 * at, bytes: 1e8 + 50 * at * 1e6 + (at % 2) * 1e6 }));
  assert.ok(slope(leaking) > 900_000);
});
