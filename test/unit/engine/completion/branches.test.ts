import assert from 'node:assert/strict';
import { branchesOf } from '../../../../src/engine/completion/branches';

const log = Math.log;

describe('branchesOf', () => {
  it('finds where a text could have gone on otherwise, the likeliest beginnings first', () => {
    const branches = branchesOf([
      {
        id: 1,
        logprob: log(0.6),
        runnersUp: [
          { id: 9, logprob: log(0.2) },
          { id: 8, logprob: log(0.05) },
        ],
      },
      { id: 2, logprob: log(0.5), runnersUp: [{ id: 7, logprob: log(0.4) }] },
      { id: 3, logprob: log(1) },
    ]);
    assert.deepEqual(
      branches.map(({ tokens }) => tokens.map(({ id }) => id)),
      [[1, 7], [9], [8]],
    );
    assert.deepEqual(
      branches.map(({ logprob }) => Math.exp(logprob).toFixed(2)),
      ['0.24', '0.20', '0.05'],
    );
  });

  it('finds none where nothing else could have stood', () => {
    assert.deepEqual(
      branchesOf([
        { id: 1, logprob: 0 },
        { id: 2, logprob: 0, runnersUp: [] },
      ]),
      [],
    );
  });
});
