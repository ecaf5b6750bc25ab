import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CommandError } from '../../../src/cli/failure';
import { replay } from '../../../src/cli/replay';
import type { EngineClient } from '../../../src/ipc/engine/client';
import type { CompleteParams } from '../../../src/ipc/engine/protocol';

const source = Array.from({ length: 40 }, (_, index) => `const value${index} = compute(${index});`).join('\n');

describe('replay', () => {
  let folder: string;
  let file: string;
  let lines: string[];
  let asked: CompleteParams[];

  /** An engine that had to run as many tokens again as it was asked times before, modulo 4. */
  const engine = {
    request: (method: string, params: CompleteParams) => {
      if (method === 'complete') asked.push(params);
      return Promise.resolve({ timings: { prefillTokens: asked.length % 4 } });
    },
  } as unknown as Pick<EngineClient, 'request'>;
  const run = (more: object) =>
    replay(
      engine,
      {
        kind: 'replay',
        paths: [file],
        keys: 60,
        json: false,
        model: '/m',
        threads: 0,
        device: 'auto',
        mode: 'line',
        copying: true,
        maxTokens: undefined,
        ...more,
      },
      (line) => {
        lines.push(line);
        return Promise.resolve();
      },
    );

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'glassbox-'));
    file = join(folder, 'values.ts');
    writeFileSync(file, source);
  });
  after(() => rmSync(folder, { recursive: true }));
  beforeEach(() => {
    lines = [];
    asked = [];
  });

  it('asks after every key, with what the editor closes by itself', async () => {
    await run({});
    assert.ok(asked.length > 150);
    const open = asked.find(({ prefix }) => prefix.endsWith('compute('));
    assert.ok(open?.suffix.startsWith(')\n'));
    assert.ok(asked.every(({ maxTokens, path }) => maxTokens === 1 && path === 'values.ts'));
  });

  it('reports in words', async () => {
    await run({ paths: [file, file] });
    assert.equal(lines.length, 3);
    assert.match(
      lines[0]!,
      /values\.ts: \d+ keys; tokens run again p50 \d, p95 3, max 3; milliseconds p50 [\d.]+, p95 [\d.]+, max [\d.]+; at a new place p50 [\d.]+, p95 [\d.]+, max [\d.]+$/,
    );
    assert.match(lines[2]!, /^all: /);
  });

  it('reports as JSON, without the keys before which the cursor jumped', async () => {
    await run({ json: true });
    const report = JSON.parse(lines.join('\n')) as {
      keys: number;
      prefillTokens: object;
      files: { path: string; keys: number }[];
    };
    assert.equal(report.keys, asked.length - 3);
    assert.deepEqual(
      report.files.map(({ path, keys }) => [path, keys]),
      [[file, report.keys]],
    );
    assert.deepEqual(Object.keys(report.prefillTokens), ['p50', 'p95', 'max']);
  });

  it('says what it cannot type', async () => {
    await assert.rejects(run({ paths: ['notes.txt'] }), CommandError);
    await assert.rejects(run({ paths: [join(folder, 'none.py')] }), /does not exist\.$/);
    await assert.rejects(run({ keys: 100_000 }), /too short to type 100000 characters/);
  });
});
