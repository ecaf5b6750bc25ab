import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openCapture, openRecording } from '../../src/attention/recording';
import type { SessionPage } from '../../src/features/inspector/sessionPage';
import { unpackFamily } from '../support/families';
import { root } from '../support/paths';

interface Distribution {
  p50: number;
  p95: number;
  max: number;
}

/** Runs the command line as it is built, from the repository's root. @returns its standard output */
function glassbox(args: string[], input = ''): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(root, 'dist/cli.js'), ...args], {
      cwd: root,
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve(output);
      else reject(new Error(`exit code ${code}`));
    });
    child.stdin.end(input);
  });
}

describe('command line', () => {
  const folder = mkdtempSync(join(tmpdir(), 'glassbox-'));
  after(() => rmSync(folder, { recursive: true }));

  /** What the page that a command writes with `--html` has in it. */
  async function pageOf(args: string[]): Promise<{ shown: SessionPage['shown']; recording: Uint8Array }> {
    const file = join(folder, 'page.html');
    await glassbox([...args, '--html', file]);
    const html = readFileSync(file, 'utf8');
    assert.match(html, /--vscode-editor-background:#/);
    const { shown, recording } = JSON.parse(/glassboxSession=(.*?)<\/script>/s.exec(html)![1]!) as {
      shown: SessionPage['shown'];
      recording: string;
    };
    return { shown, recording: new Uint8Array(Buffer.from(recording, 'base64')) };
  }

  it('complete prints what the editor would show, and with --json everything it is made of', async () => {
    const place = 'sample/README.md:1:3';
    const plain = await glassbox(['complete', place]);
    const everything = JSON.parse(await glassbox(['complete', place, '--json'])) as Record<string, unknown> & {
      text: string;
      tokens: { id: number; text: string; logprob: number }[];
      timings: Record<string, number>;
    };
    assert.equal(everything.text, plain.replace(/\n$/, ''));
    assert.ok(everything.tokens.every(({ logprob }) => logprob <= 0));
    for (const name of [
      'tokenizeMs',
      'reusedTokens',
      'prefillTokens',
      'prefillMs',
      'decodeTokens',
      'decodeMs',
      'msPerToken',
      'totalMs',
      'loadMs',
    ]) {
      assert.equal(typeof everything.timings[name], 'number', name);
    }
  });

  it('complete --batch answers each line with one line and writes nothing else', async () => {
    const task = (id: number, prefix: string) =>
      JSON.stringify({ id, prefix, suffix: '\n', path: 'a.ts', mode: 'line' });
    const lines = (
      await glassbox(['complete', '--batch'], `${task(1, 'const a = ')}\nnonsense\n${task(3, 'import ')}\n`)
    )
      .trimEnd()
      .split('\n');
    const answers = lines.map((line) => JSON.parse(line) as { id: unknown; error?: { code: string } });
    assert.deepEqual(
      answers.map(({ id }) => id),
      [1, null, 3],
    );
    assert.deepEqual(Object.keys(answers[0]!).slice(0, 5), ['id', 'text', 'logprob', 'confidence', 'timings']);
    assert.equal(answers[1]?.error?.code, 'invalid');
  });

  it('doctor opens the models and prints the report, which names no path', async () => {
    const report = await glassbox(['doctor', '--model', join(root, 'models/decoder')]);
    assert.match(report, /^## Glassbox: Diagnosis\n/);
    assert.match(report, /^\| ONNX Runtime \| \d+\.\d+\.\d+ \|$/m);
    assert.match(report, /^\| Completion \| one of your own, decoder, context \d+, .*loaded in \d+ ms/m);
    assert.ok(!report.includes(root) && !/[/\\]/.test(report), report);
  });

  it('embed --batch answers each line with one line: a vector of length 1', async () => {
    const model = await unpackFamily('roberta');
    const lines = ['{"id":"a","text":"def parse(line):"}', 'nonsense', '{"id":2,"text":"def parse(row):"}', '{"id":3}'];
    const answers = (await glassbox(['embed', '--batch', '--model', model], lines.join('\n')))
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { id: unknown; vector?: number[]; error?: { code: string } });
    assert.deepEqual(
      answers.map(({ id }) => id),
      ['a', null, 2, 3],
    );
    assert.deepEqual(
      answers.map(({ error }) => error?.code),
      [undefined, 'invalid', undefined, 'invalid'],
    );
    for (const { vector } of answers) {
      if (vector) assert.ok(Math.abs(vector.reduce((sum, value) => sum + value * value, 0) - 1) < 1e-5);
    }
  });

  it('attend prints numbers for every token, in places of the file, and writes what NumPy and a picture viewer read', async () => {
    const lines = 'sample/src/library.ts:18-24';
    const source = readFileSync(join(root, 'sample/src/library.ts'), 'utf8');
    const { tokens, rows } = JSON.parse(await glassbox(['attend', lines, '--json', '--layer', '1', '--head', '2'])) as {
      tokens: { text: string; segment: string; start: number; end: number }[];
      rows: number[][];
    };
    const text = tokens.filter(({ segment }) => segment === 'text');
    assert.equal(
      text.map(({ start, end }) => source.slice(start, end)).join(''),
      source.split('\n').slice(17, 24).join('\n') + '\n',
    );
    assert.ok(text.every((token) => source.slice(token.start, token.end) === token.text));
    assert.deepEqual(
      rows.map(({ length }) => length),
      tokens.map((_, at) => at + 1),
    );
    for (const row of rows) assert.ok(Math.abs(row.reduce((sum, weight) => sum + weight, 0) - 1) < 0.03);

    const [npy, png, session] = ['npy', 'png', 'glassbox'].map((ending) => join(folder, `out.${ending}`)) as [
      string,
      string,
      string,
    ];
    await glassbox(['attend', lines, '--npy', npy]);
    await glassbox(['attend', lines, '--png', png]);
    await glassbox(['attend', lines, '--session', session]);
    const array = readFileSync(npy);
    assert.equal(array.toString('latin1', 1, 6), 'NUMPY');
    assert.equal(array.length, 10 + array.readUInt16LE(8) + 4 * tokens.length ** 2);
    const picture = readFileSync(png);
    assert.deepEqual([picture.readUInt32BE(16), picture.readUInt32BE(20)], [tokens.length, tokens.length]);
    const { segments } = openCapture(readFileSync(session)).description.sequences[0]!;
    const page = await pageOf(['attend', lines]);
    assert.deepEqual([page.shown.kind, page.shown.title], ['selection', 'library.ts:18–24']);
    assert.deepEqual(openCapture(page.recording).description.sequences[0]!.segments, segments);
    assert.deepEqual(page.shown.firstLines, [segments.map(({ kind }) => (kind === 'text' ? 18 : 0))]);
    // The committed decoder reads what follows the cursor, too.
    const committed = ['--model', join(root, 'models/decoder')];
    const suggestion = await pageOf(['attend', 'sample/src/library.ts:24:20', ...committed]);
    assert.deepEqual([suggestion.shown.kind, suggestion.shown.title], ['suggestion', 'Suggestion in library.ts']);
    const kinds = openCapture(suggestion.recording).description.sequences[0]!.segments.map(({ kind }) => kind);
    assert.ok(kinds.includes('generated'));
    assert.equal(suggestion.shown.firstLines[0]![kinds.indexOf('suffix')], 25);
    // What is written is in no file yet: where the file happens to go on like that is the only place it may be in.
    assert.ok([0, 24].includes(suggestion.shown.firstLines[0]![kinds.indexOf('generated')]!));
  });

  it('similar splits the score into pairs of tokens in places of the file, and writes what NumPy reads, a session that opens and a page', async () => {
    const [question, place] = ['books that were added last', 'sample/src/library.ts:18-24'];
    const source = readFileSync(join(root, 'sample/src/library.ts'), 'utf8');
    const roberta = await unpackFamily('roberta');
    for (const model of [[], ['--model', roberta]]) {
      const {
        score,
        question: asked,
        code,
        pairs,
      } = JSON.parse(await glassbox(['similar', question, place, '--json', ...model])) as {
        score: number;
        question: { text: string; segment: string; start: number; end: number }[];
        code: { text: string; segment: string; start: number; end: number }[];
        pairs: number[][];
      };
      assert.deepEqual([pairs.length, ...new Set(pairs.map(({ length }) => length))], [asked.length, code.length]);
      assert.ok(Math.abs(pairs.flat().reduce((sum, pair) => sum + pair, 0) - score) < 1e-4);
      for (const [text, tokens] of [
        [question, asked],
        [source, code],
      ] as const) {
        const read = tokens.filter(({ segment }) => segment === 'text');
        assert.ok(
          read.length > 3 && read.every((token) => text.slice(token.start, token.end).trim() === token.text.trim()),
        );
      }
    }
    const printed = (await glassbox(['similar', question, place])).trimEnd().split('\n');
    assert.match(printed[0]!, /^similarity -?0\.\d{3}: the sum over 5 × \d+ pairs of tokens \(table\)$/);
    assert.match(printed.at(-1)!, /^[+-]0\.\d{3} {2}\d+: /);
    const [npy, session] = [join(folder, 'pairs.npy'), join(folder, 'pairs.glassbox')];
    await glassbox(['similar', question, place, '--npy', npy]);
    await glassbox(['similar', question, place, '--session', session]);
    const recorded = openRecording(readFileSync(session));
    assert.ok('pairs' in recorded);
    const page = await pageOf(['similar', question, place]);
    assert.deepEqual([page.shown.kind, page.shown.title], ['hit', 'Similarity to library.ts:18–24']);
    assert.deepEqual(page.recording, new Uint8Array(readFileSync(session)));
    assert.equal(page.shown.firstLines[1]![0], 18);
    const array = readFileSync(npy);
    assert.deepEqual(
      new Float32Array(
        array.buffer.slice(array.byteOffset + 10 + array.readUInt16LE(8), array.byteOffset + array.length),
      ),
      recorded.pairs,
    );
  });

  it('replay: typing runs at most 3 tokens again for half of the keys, and 16 for 95 %', async () => {
    const files = ['application', 'response'].map((name) => `node_modules/express/lib/${name}.js`);
    const report = JSON.parse(await glassbox(['replay', ...files, '--keys', '100', '--json'])) as {
      keys: number;
      prefillTokens: Distribution;
      milliseconds: Distribution;
    };
    console.log(
      `      ${report.keys} keys: ${JSON.stringify(report.prefillTokens)} tokens, ${JSON.stringify(report.milliseconds)} ms`,
    );
    assert.ok(report.keys > 500);
    assert.ok(report.prefillTokens.p50 <= 3 && report.prefillTokens.p95 <= 16);
  });
});
