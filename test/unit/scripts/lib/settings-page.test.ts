import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { settingsPage } from '../../../../scripts/lib/settings-page.mjs';
import { colors, commands, settings, tools } from '../../../../src/host/ids';
import { root } from '../../../support/paths';

describe('docs/settings.md', () => {
  const page = settingsPage(root);

  it('says what package.json says today; `npm run generate` writes it anew', () => {
    assert.equal(readFileSync(join(root, 'docs/settings.md'), 'utf8'), page);
  });

  it('has every setting, command, colour and tool', () => {
    const named: readonly string[] = [
      ...Object.values(settings),
      ...Object.values(commands),
      ...Object.values(tools),
      ...Object.values<string | readonly string[]>(colors).flat(),
    ];
    assert.ok(named.length > 40);
    assert.deepEqual(
      named.filter((id) => !page.includes(`| \`${id}\` |`)),
      [],
    );
  });

  it('leaves no text untranslated and no cell without its value', () => {
    assert.doesNotMatch(page, /%[a-z]+\.[^%\s]+%|undefined/i);
  });
});
