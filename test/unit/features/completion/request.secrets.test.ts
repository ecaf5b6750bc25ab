import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { findCandidates } from '../../../../src/engine/completion/copying/copy';
import { completeParams } from '../../../../src/features/completion/request';
import { Neighbours } from '../../../../src/nearby/fileTexts';
import { makeFolder } from '../../../support/folder';
import { root } from '../../../support/paths';
import { plantedSecrets } from '../../../support/plantedSecrets';

/** All 200, each from its own kind of file; test/unit/common/secrets says what of the held-out ones is found. */
const planted = plantedSecrets(root, 'known', 21);
const options = { model: 'm', mode: 'line' } as const;

/** What of the secrets a text holds. */
const left = (secrets: readonly string[], text: string): string[] => secrets.filter((secret) => text.includes(secret));

describe('of 200 planted secrets, none is', () => {
  it('in a prompt of its own file, wherever the cursor stands', () => {
    assert.equal(planted.length, 200);
    for (const { path, line, secrets } of planted) {
      const text = `first line\n${line}\nlast line\n`;
      const start = text.indexOf(line);
      for (const at of [0, start, start + Math.ceil(line.length / 2), start + line.length, text.length]) {
        const cursor = { document: 'd', prefix: text.slice(0, at), suffix: text.slice(at) };
        const { prefix, suffix, context } = completeParams(cursor, { ...options, path });
        assert.deepEqual(left(secrets, prefix + suffix + JSON.stringify(context)), [], `${path}, at ${at}: ${line}`);
      }
    }
  });

  it('in a prompt of another cell', () => {
    for (const { path, line, secrets } of planted) {
      const text = `first line\n${line}\nlast line\n`;
      const cursor = { document: 'd', prefix: 'x = ', suffix: '\n', around: { before: text, after: text } };
      const { prefix, suffix } = completeParams(cursor, { ...options, path });
      assert.deepEqual(left(secrets, prefix + suffix), [], `${path}: ${line}`);
    }
  });

  it('among what may be copied from a file near by', async () => {
    const folder = makeFolder();
    for (const [number, { path, line, secrets }] of planted.entries()) {
      const file = join(folder, `${number}`, path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, `first line\n${line}\nlast line\n`);
      const sources = await new Neighbours().read([file]);
      const texts = sources.map(({ text }) => text).join('\n');
      assert.deepEqual(left(secrets, texts), [], `${path}: ${line}`);
      // Begun as the line begins, so that its end is what would be copied.
      const prefix = line.slice(0, Math.ceil(line.length / 3));
      const { candidates } = findCandidates({ path, prefix, suffix: '\n', mode: 'line' }, sources);
      for (const { text } of candidates) assert.deepEqual(left(secrets, prefix + text), [], `${path}: ${line}`);
    }
  });
});
