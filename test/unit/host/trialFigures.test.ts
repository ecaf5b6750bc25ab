import assert from 'node:assert/strict';
import { TrialMemory } from '../../../src/host/trialFigures';

describe('TrialMemory', () => {
  it('keeps the last trial of each model, and drops what does not fit', async () => {
    let value: unknown = [{ path: '/x', figures: { role: 'decoder' } }, 7];
    const memory = new TrialMemory({ get: () => value, update: (_, next) => Promise.resolve(void (value = next)) });
    assert.equal(memory.get('/x'), undefined);
    const figures = { role: 'decoder', loadMs: 1, residentBytes: 2, fillsInTheMiddle: false } as const;
    for (const loadMs of [1, 2]) await memory.put('/a', { ...figures, loadMs });
    await memory.put('/b', figures);
    assert.deepEqual([memory.get('/a'), memory.get('/b')], [{ ...figures, loadMs: 2 }, figures]);
    assert.equal((value as unknown[]).length, 2);
  });
});
