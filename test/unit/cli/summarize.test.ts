import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { parseCommand } from '../../../src/cli/arguments';
import { CommandError } from '../../../src/cli/failure';
import { summarize, summarizeBatch } from '../../../src/cli/summarize';
import { UsageError } from '../../../src/cli/usage';
import { grammarFolder } from '../../support/grammars';
import { FakeWriter } from '../features/summarize/fakeWriter';

const read = (line: string) => parseCommand(line.split(' '), '/embedded');

describe('arguments of summarize', () => {
  const common = { kind: 'summarize', json: false, model: '/embedded', threads: 0, device: 'auto' };

  it('are a file, or lines of one, and a mode that suits them', () => {
    assert.deepEqual(read('summarize a.ts'), {
      ...common,
      place: { path: 'a.ts', lines: undefined },
      depth: 'outline',
    });
    assert.deepEqual(read('summarize C:\\a.ts:3-9'), {
      ...common,
      place: { path: 'C:\\a.ts', lines: { from: 3, to: 9 } },
      depth: 'sentence',
    });
    assert.deepEqual(read('summarize a.ts:3 --mode parameters --json'), {
      ...common,
      place: { path: 'a.ts', lines: { from: 3, to: 3 } },
      depth: 'parameters',
      json: true,
    });
  });

  it('are nothing with --batch', () =>
    assert.deepEqual(read('summarize --batch'), {
      kind: 'summarizeBatch',
      model: '/embedded',
      threads: 0,
      device: 'auto',
    }));

  it('are refused where they make no sense', () => {
    for (const line of [
      'summarize',
      'summarize a b',
      'summarize a.ts:9-3',
      'summarize a.ts:0',
      'summarize a.ts --mode line',
      'summarize --batch a.ts',
      'summarize --batch --mode outline',
    ]) {
      assert.throws(() => read(line), UsageError, line);
    }
  });
});

describe('summarize', () => {
  const folder = mkdtempSync(join(tmpdir(), 'glassbox-summarize-'));
  const path = join(folder, 'a.py');
  writeFileSync(path, 'def add(a: int, b=1) -> int:\n    """Adds."""\n    return a + b\n\n\ndef rest():\n    pass\n');
  after(() => rmSync(folder, { recursive: true }));

  async function run(...more: string[]): Promise<string[]> {
    const command = parseCommand(['summarize', ...more], '/m');
    assert.ok(command.kind === 'summarize');
    const lines: string[] = [];
    await summarize(
      new FakeWriter((code) => `Has ${code.trimEnd().split('\n').length} lines.`),
      command,
      grammarFolder,
      (line) => Promise.resolve(void lines.push(line)),
    );
    return lines;
  }

  it('prints an outline of a file, and a sentence and the facts of a symbol', async () => {
    assert.deepEqual(await run(path), ['add: Adds.\nrest: Has 2 lines.\n\nHas 7 lines.']);
    assert.deepEqual(await run(`${path}:1-3`, '--mode', 'parameters'), [
      'Has 2 lines.',
      'Parameter a: int',
      'Parameter b?',
      'Returns int',
    ]);
  });

  it('prints everything as JSON', async () => {
    const [json = ''] = await run(`${path}:6-7`, '--json');
    const { symbol, from, to, text } = JSON.parse(json) as { symbol: string; from: number; to: number; text: string };
    assert.deepEqual([symbol, from, to, text], ['rest', 6, 7, 'Has 2 lines.']);
  });

  it('says that there are no such lines, or nothing on them', async () => {
    await assert.rejects(
      run(`${path}:99`),
      (error) => error instanceof CommandError && error.message.includes('there is no line 99'),
    );
    await assert.rejects(
      run(`${path}:4-5`),
      (error) => error instanceof CommandError && error.message.includes('nothing here to summarize'),
    );
  });

  it('answers a batch line by line, in order, the bad ones too', async () => {
    const lines: string[] = [];
    const input = Readable.from([
      '{"id":1,"code":"def f():\\n    return 1\\n","path":"a.py"}\n',
      'nonsense\n',
      '{"id":"x","code":"  "}\n',
      '{"id":2,"code":"f(}","path":"b.ts"}\n',
    ]);
    await summarizeBatch(
      new FakeWriter((code) => (code.startsWith('f(') ? '' : 'Returns one.')),
      '/m',
      grammarFolder,
      input,
      (line) => Promise.resolve(void lines.push(line)),
    );
    const invalid = (message: string) => ({ code: 'invalid', message: `The line${message}` });
    assert.deepEqual(
      lines.map((line) => JSON.parse(line) as unknown),
      [
        { id: 1, text: 'Returns one.' },
        { id: null, error: invalid(' is not JSON.') },
        { id: 'x', error: invalid(': There is nothing here to summarize: select some code.') },
        { id: 2, text: '', problem: 'empty' },
      ],
    );
  });
});
