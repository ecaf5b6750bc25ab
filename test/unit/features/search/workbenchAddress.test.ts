import assert from 'node:assert/strict';
import { workbenchAddress } from '../../../../src/features/search/workbenchAddress';

describe('the address of a file in the window', () => {
  it('is that of this machine, or of the one that extensions run on', () => {
    const end = 'vscode-resource.vscode-cdn.net/home/a%20b/c.ts';
    assert.equal(workbenchAddress(`https://file%2B.${end}`), 'file:///home/a%20b/c.ts');
    assert.equal(workbenchAddress(`https://file+.${end}`), 'file:///home/a%20b/c.ts');
    assert.equal(
      workbenchAddress(`https://vscode-remote+ssh-002dremote-002bbox-003a22.${end}`),
      'vscode-remote://ssh-remote%2Bbox%3A22/home/a%20b/c.ts',
    );
  });

  it('is none where it cannot be told', () => {
    for (const other of ['', 'https://example.org/a.ts', 'file:///a.ts', 'https://http+x.vscode-resource.a.b/c'])
      assert.equal(workbenchAddress(other), undefined, other);
  });
});
