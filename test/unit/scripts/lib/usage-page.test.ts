import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { usagePage } from '../../../../scripts/lib/usage-page.mjs';
import { usage } from '../../../../src/cli/usage';
import { root } from '../../../support/paths';

describe('docs/cli.md', () => {
  const page = readFileSync(join(root, 'docs/cli.md'), 'utf8');

  it('holds what `glassbox --help` prints; `npm run generate` writes it anew', async () => {
    assert.ok(page.includes(`\n${usage}\`\`\`\n`));
    assert.equal(page, await usagePage(root));
  });
});
