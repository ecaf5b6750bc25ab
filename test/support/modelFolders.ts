import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { EngineError } from '../../src/ipc/engine/errors';
import { openModelFolder } from '../../src/modelFolder/layouts/folder';

/** Content of files by path; objects are written as JSON. */
export type Files = Record<string, string | object>;

const scratch: string[] = [];
after(() => Promise.all(scratch.map((folder) => rm(folder, { recursive: true, force: true }))));

export async function folderWith(files: Files): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'glassbox-model-'));
  scratch.push(folder);
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), typeof content === 'string' ? content : JSON.stringify(content));
  }
  return folder;
}

/** Asserts one sentence that names what is wrong. */
export function refused(folder: string, code: EngineError['code'], ...mentions: (string | RegExp)[]): Promise<void> {
  return refusedBy(openModelFolder, folder, code, ...mentions);
}

export async function refusedBy(
  open: (folder: string) => Promise<unknown>,
  folder: string,
  code: EngineError['code'],
  ...mentions: (string | RegExp)[]
): Promise<void> {
  await assert.rejects(open(folder), (error: unknown) => {
    assert.ok(error instanceof EngineError, String(error));
    assert.equal(error.code, code, error.message);
    assert.match(error.message, /^[^\n]*; [^\n]*\.$/);
    for (const mention of mentions)
      assert.ok(
        typeof mention === 'string' ? error.message.includes(mention) : mention.test(error.message),
        error.message,
      );
    return true;
  });
}

/** The special tokens of our own prompt layout. */
export const tokens = {
  file: '<|file|>',
  suffix: '<|suffix|>',
  prefix: '<|prefix|>',
  rest: '<|rest|>',
  middle: '<|middle|>',
  endOfMiddle: '<|eom|>',
};
export const tokenizer = (...added: string[]): object => ({
  added_tokens: added.map((content, id) => ({ id, content, special: true })),
  model: { vocab: { a: added.length }, merges: [] },
});
export const entry = (path: string, content: string): object => ({
  path,
  bytes: content.length,
  sha256: createHash('sha256').update(content).digest('hex'),
});
