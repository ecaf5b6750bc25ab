import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import bundle from '../../../l10n/bundle.l10n.json';
import { root } from '../../support/paths';

/** The first argument of every call of `t`, in single quotes by the project's style. */
const message = /\bt\(\s*'((?:[^'\\]|\\.)*)'/g;

describe('the bundle of texts to translate', () => {
  it('has every text of the source, once, and no other', () => {
    const used = globSync(['src/**/*.ts', 'webview/**/*.ts'], { cwd: root }).flatMap((file) =>
      [...readFileSync(join(root, file), 'utf8').matchAll(message)].map((match) => match[1]!),
    );
    assert.ok(used.length > 20);
    assert.deepEqual(Object.keys(bundle), [...new Set(used)].sort());
    for (const [key, text] of Object.entries(bundle)) assert.equal(text, key);
  });
});
