import assert from 'node:assert/strict';
import { GhostText } from '../../../src/host/ghostText';

const place = { document: 'file:///a.ts', version: 3, line: 1, character: 4 };

describe('ghost text', () => {
  it('of a completion is known at its place and version alone', () => {
    const ghostText = new GhostText();
    assert.ok(!ghostText.hasCompletion(place));
    ghostText.offerCompletion({ ...place });
    assert.ok(ghostText.hasCompletion(place));
    for (const other of [{ document: 'b' }, { version: 4 }, { line: 2 }, { character: 5 }])
      assert.ok(!ghostText.hasCompletion({ ...place, ...other }));
    ghostText.offerCompletion(undefined);
    assert.ok(!ghostText.hasCompletion(place));
  });

  it('is told of when it changes, and only then', () => {
    const ghostText = new GhostText();
    let told = 0;
    ghostText.onDidChange(() => told++);
    ghostText.offerCompletion(undefined);
    assert.equal(told, 0);
    ghostText.offerCompletion(place);
    ghostText.offerCompletion({ ...place });
    assert.equal(told, 1);
    ghostText.offerCompletion(undefined);
    assert.equal(told, 2);
  });

  it('of an edit is another matter', () => {
    const ghostText = new GhostText();
    ghostText.offerEdit(place);
    assert.ok(ghostText.hasEdit(place) && !ghostText.hasCompletion(place));
    ghostText.offerEdit(undefined);
    assert.ok(!ghostText.hasEdit(place));
  });
});
