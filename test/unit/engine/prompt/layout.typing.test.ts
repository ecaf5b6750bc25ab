import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { openDecoderFolder } from '../../../../src/modelFolder/layouts/folder';
import { PromptBuilder } from '../../../../src/engine/prompt/layout';
import { cutWindow } from '../../../../src/ipc/engine/documentWindow';
import { Tokenizer } from '../../../../src/modelFolder/tokenizer/tokenizer';
import { typing, typingTasks } from '../../../../src/cli/typing';

const keysPerStretch = 300;
const stretches = 3;
const maxTokens = 64;

const pythonFiles = globSync(
  '/usr/lib/python3*/{argparse,ast,dataclasses,glob,json/decoder,logging/handlers,os,shutil,textwrap,typing}.py',
);

/** Files that the embedded models were not trained on. Not every system has a Python library. */
const corpora = [
  { name: 'express', language: 'javascript', files: globSync('node_modules/express/lib/*.js') },
  {
    name: 'zod',
    language: 'javascript',
    files: globSync('node_modules/zod/src/v4/{core,classic}/{schemas,checks,util,errors,iso}.ts'),
  },
  ...(pythonFiles.length > 0
    ? ([{ name: 'Python library', language: 'python', files: pythonFiles.sort() }] as const)
    : []),
] as const;

const commonPrefix = (a: readonly number[], b: readonly number[]): number => {
  let length = 0;
  while (length < a.length && length < b.length && a[length] === b[length]) length++;
  return length;
};

const percentile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!;

function report(name: string, counts: number[]): { p50: number; p95: number } {
  const sorted = counts.toSorted((a, b) => a - b);
  const [p50, p95, p99] = [0.5, 0.95, 0.99].map((share) => percentile(sorted, share)) as [number, number, number];
  const mean = counts.reduce((sum, count) => sum + count, 0) / counts.length;
  console.log(
    `      ${name}: ${counts.length} keys, re-prefilled tokens per key p50 ${p50}, p95 ${p95}, p99 ${p99}, mean ${mean.toFixed(1)}`,
  );
  return { p50, p95 };
}

describe('typing replayed over files the model has not seen', () => {
  const all: number[] = [];

  /** Tokens to run per key: those of the prompt after the longest part it shares with the key's before. */
  async function replay(
    file: string,
    language: 'javascript' | 'python',
    context: { path: string; text: string }[],
  ): Promise<number[]> {
    const folder = await openDecoderFolder('models/decoder');
    const builder = new PromptBuilder(folder, Tokenizer.create(folder.tokenizer));
    const counts: number[] = [];
    for (const task of typingTasks(
      readFileSync(file, 'utf8').replaceAll('\r\n', '\n'),
      language,
      stretches,
      keysPerStretch,
    )) {
      let previous: readonly number[] | undefined;
      for (const { prefix, suffix } of typing(task)) {
        const { ids } = builder.build(
          { context, path: relative('.', file), ...cutWindow({ prefix, suffix }) },
          maxTokens,
        );
        if (previous) counts.push(Math.max(1, ids.length - commonPrefix(previous, ids)));
        previous = ids;
      }
    }
    return counts;
  }

  for (const { name, language, files } of corpora) {
    it(`${name}: p50 ≤ 3 and p95 ≤ 16 tokens per key`, async function () {
      const counts: number[] = [];
      for (const file of files) counts.push(...(await replay(file, language, [])));
      all.push(...counts);
      const { p50, p95 } = report(name, counts);
      assert.ok(counts.length > 1000 && p50 <= 3 && p95 <= 16);
    });
  }

  it('the same with other files as context', async function () {
    const [file, other] = corpora[0].files;
    const counts = await replay(file!, 'javascript', [{ path: other!, text: readFileSync(other!, 'utf8') }]);
    const { p50, p95 } = report('express with context', counts);
    assert.ok(p50 <= 3 && p95 <= 16);
  });

  after(() => void report('all', all));
});
