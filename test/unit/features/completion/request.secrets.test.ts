import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { findCandidates } from '../../../../src/engine/completion/copying/copy';
import { declarationIn } from '../../../../src/features/completion/context/declarations';
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

/** The file of a planted line, on disk: each in a folder of its own, since the name of a file counts. */
function write(folder: string, { path, line }: (typeof planted)[number]): string {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `first line\n${line}\nlast line\n`);
  return file;
}

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
    for (const [number, one] of planted.entries()) {
      const { path, line, secrets } = one;
      const file = write(join(folder, `${number}`), one);
      const sources = await new Neighbours().read([file]);
      const texts = sources.map(({ text }) => text).join('\n');
      assert.deepEqual(left(secrets, texts), [], `${path}: ${line}`);
      // Begun as the line begins, so that its end is what would be copied.
      const prefix = line.slice(0, Math.ceil(line.length / 3));
      const { candidates } = findCandidates({ path, prefix, suffix: '\n', mode: 'line' }, sources);
      for (const { text } of candidates) assert.deepEqual(left(secrets, prefix + text), [], `${path}: ${line}`);
    }
  });

  it('in a declaration that the model is shown, wherever it begins', async () => {
    const folder = makeFolder();
    for (const [number, one] of planted.entries()) {
      const file = write(join(folder, `${number}`), one);
      for (const { text } of await new Neighbours().read([file]))
        for (const { index } of text.matchAll(/^/gm)) {
          const context = [{ path: one.path, text: declarationIn(text, index, text.length) }];
          const cursor = { document: 'd', prefix: 'x = ', suffix: '\n' };
          const params = completeParams(cursor, { ...options, path: 'a.ts', context });
          assert.deepEqual(left(one.secrets, JSON.stringify(params)), [], `${one.path}: ${one.line}`);
        }
    }
  });
});
