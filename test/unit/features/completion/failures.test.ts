import assert from 'node:assert/strict';
import { EngineError } from '../../../../src/ipc/engine/errors';
import { Failures } from '../../../../src/features/completion/failures';

describe('failures of completions', () => {
  const broken = new EngineError('modelInvalid', 'The model is broken.');

  it('hold the next one back for a while that doubles, and are told once', () => {
    let now = 0;
    const failures = new Failures(() => now);
    assert.equal(failures.holding, undefined);
    assert.deepEqual(failures.note(broken), { message: 'The model is broken.', isNew: true });
    for (const pause of [2_000, 4_000, 8_000]) {
      now += pause - 1;
      assert.equal(failures.holding, 'The model is broken.');
      now += 1;
      assert.equal(failures.holding, undefined);
      assert.equal(failures.note(broken).isNew, false);
    }
    failures.clear();
    assert.equal(failures.holding, undefined);
  });

  it('hold nothing back longer because a clock was set back', () => {
    const clock = Date.now;
    try {
      const failures = new Failures();
      failures.note(broken);
      Date.now = () => clock() - 86_400_000;
      assert.equal(failures.holding, 'The model is broken.');
      Date.now = () => clock() + 86_400_000;
      assert.equal(failures.holding, 'The model is broken.', 'nor shorter, where it is set forth');
    } finally {
      Date.now = clock;
    }
  });
});
